"""What the hash of an event covers, and in which form.

    hash = SHA-256(canonical JSON of [format, previous_hash, field, field, ...])

The fields come in the order of ``COVERED``. Canonical JSON is UTF-8 without white space, object keys sorted,
no escape that JSON does not require. ``at`` is UTC as ``2031-05-06T07:08:09.123456Z``, ``patient_id`` the
UUID in its hyphenated form or null, ``reason_token`` the ciphertext as stored. Every other value is the one
stored.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from medapp.vault import seal

FORMAT = "medapp-audit/1"
GENESIS = "0" * 64
COVERED = (
    "sequence",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "action",
    "outcome",
    "patient_id",
    "object_type",
    "object_id",
    "reason_token",
    "detail",
    "address",
    "request_id",
)
SEAL_PURPOSE = "audit.chain-head"
LONGEST_WORD = 200


def event_hash(values: Mapping[str, Any], previous_hash: str) -> str:
    """Return the 64 hex digits of an event with the column ``values``."""
    fields = [_canonical(values[name]) for name in COVERED]
    text = json.dumps(
        [FORMAT, previous_hash, *fields],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def plain_detail(value: Any) -> Any:
    """Return ``value`` as the JSON that every database gives back unchanged, long words cut.

    PostgreSQL's jsonb keeps no NUL, no lone surrogate, no NaN, and writes 2.0 and 1e22 as whole numbers.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _plain_number(value)
    if isinstance(value, Mapping):
        return {_word(key): plain_detail(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_detail(item) for item in value]
    return _word(value)


def sign_head(sequence: int, head_hash: str) -> str:
    return seal.sign(f"{sequence}:{head_hash}", purpose=SEAL_PURPOSE)


def is_signed(signature: str, sequence: int, head_hash: str) -> bool:
    return seal.is_genuine(signature, f"{sequence}:{head_hash}", purpose=SEAL_PURPOSE)


def clean(value: Any) -> str:
    """Return ``value`` as text that every database can store: no NUL, no lone surrogate."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if value is None or isinstance(value, int | dict | list):
        return value
    return str(value)


def _plain_number(value: float) -> int | float | str:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() else value


def _word(value: Any) -> str:
    text = clean(value)
    return text if len(text) <= LONGEST_WORD else text[: LONGEST_WORD - 1] + "…"
