"""What the imaging department tells those above it."""

from django.dispatch import Signal

# Sent after commit with upload (Upload), instances (list[Instance], newly stored), by (User | None).
instances_stored = Signal()
