"""What every test stands on."""

from tests.append_only import audit_can_be_flushed

__all__ = ["audit_can_be_flushed"]
