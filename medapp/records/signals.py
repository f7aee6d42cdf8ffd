"""What the records department tells those above it."""

from django.dispatch import Signal

# Sent after commit with note (Note) and by (User), whenever a note's text is new.
note_written = Signal()
