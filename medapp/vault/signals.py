"""What the vault tells the apps above it."""

from django.dispatch import Signal

# Sent once a rotation has ended, with ``key_id`` (the current key), ``values`` and ``damaged`` (counts).
keys_rotated = Signal()
