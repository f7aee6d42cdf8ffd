"""A keyed signature over a short statement, which nobody can forge by writing to the database alone."""

import hmac

from medapp.vault import keys


def sign(statement: str, *, purpose: str) -> str:
    """Return ``<key id>.<hex>`` under the current key."""
    key = keys.ring().current
    return f"{key.id}.{_mac(key.seal, statement, purpose)}"


def is_genuine(signature: str, statement: str, *, purpose: str) -> bool:
    key_id, _, mac = signature.partition(".")
    key = keys.ring().get(key_id)
    return key is not None and hmac.compare_digest(mac.encode(), _mac(key.seal, statement, purpose).encode())


def _mac(key: bytes, statement: str, purpose: str) -> str:
    return hmac.digest(key, f"{purpose}\0{statement}".encode(), "sha256").hex()
