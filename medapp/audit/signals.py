"""A rotation of keys is an event, and the event signs the chain's head with the new key."""

from typing import Any

from medapp.audit.services import record
from medapp.vault.signals import keys_rotated


def connect() -> None:
    keys_rotated.connect(_rotated, dispatch_uid="audit-keys-rotated")


def _rotated(sender: Any, key_id: str, values: int, damaged: int, **kwargs: Any) -> None:
    detail = {"key": key_id, "values": values, "damaged": damaged}
    record(action="vault.rotate-keys", by=None, outcome="failed" if damaged else "done", detail=detail)
