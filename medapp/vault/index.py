"""Blind index: a keyed digest by which an encrypted value can be found but not read."""

import hmac
import unicodedata

from medapp.vault import keys


def blind_index(value: str, purpose: str) -> str:
    """Return the 64 hex digits under which ``value`` is stored now; "" stays ""."""
    return _digest(keys.ring().current.index, normalise(value), purpose)


def candidates(value: str, purpose: str) -> list[str]:
    """Return the digests to search for: under every key of the ring, because a rotation takes a while."""
    text = normalise(value)
    return [_digest(key.index, text, purpose) for key in keys.ring()] if text else []


def normalise(value: str) -> str:
    """Return ``value`` without what people type differently: width, case, spaces and hyphens."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(c for c in folded if unicodedata.category(c) not in ("Pd", "Cf") and not c.isspace())


def _digest(key: bytes, text: str, purpose: str) -> str:
    if not text:
        return ""
    return hmac.digest(key, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), "sha256").hex()
