"""One network per file, read from top to bottom; shapes in comments."""
