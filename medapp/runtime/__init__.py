"""Starting, watching and ending the processes of a clinic on one machine. Knows no Django."""
