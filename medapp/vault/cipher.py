"""Authenticated encryption of small values: AES-256-GCM under the key ring (NIST SP 800-38D).

A token is ``v1.<key id>.<base64url of nonce, ciphertext and tag>``. The additional data binds it to its
purpose, such as "note.text", so that a token moved to another column does not open there. It isn't bound to
its row: who can write to the database can move a value between the rows of one column.

Nonces are random; NIST allows 2**32 of them under one key, more values than a hospital writes in a century.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag

from medapp.vault import keys
from medapp.vault.errors import DamagedSecretError

VERSION = "v1"
NONCE_BYTES = 12


def encrypt(data: bytes, *, aad: bytes) -> bytes:
    """Return the token of ``data`` as ASCII bytes."""
    key = keys.ring().current
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + key.fields.encrypt(nonce, data, _bound(key.id, aad))
    return f"{VERSION}.{key.id}.".encode() + base64.urlsafe_b64encode(sealed)


def decrypt(token: bytes, *, aad: bytes) -> bytes:
    """Return what ``encrypt`` got with the same ``aad``; raises DamagedSecretError."""
    try:
        version, key_id, encoded = token.decode("ascii").split(".")
        sealed = base64.b64decode(encoded, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise DamagedSecretError from None
    key = keys.ring().get(key_id)
    # Base64 reads several spellings of the last character alike; only the one that was written counts.
    is_spelt_so = base64.urlsafe_b64encode(sealed).decode() == encoded
    if version != VERSION or key is None or len(sealed) <= NONCE_BYTES or not is_spelt_so:
        raise DamagedSecretError
    try:
        return key.fields.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(key_id, aad))
    except InvalidTag:
        raise DamagedSecretError from None


def encrypt_text(text: str, *, purpose: str) -> str:
    return encrypt(text.encode("utf-8", "surrogatepass"), aad=purpose.encode()).decode("ascii")


def decrypt_text(token: str, *, purpose: str) -> str:
    """Raises DamagedSecretError."""
    return decrypt(token.encode("utf-8", "replace"), aad=purpose.encode()).decode("utf-8", "surrogatepass")


def current_prefix() -> str:
    """What the tokens written under the current key begin with."""
    return f"{VERSION}.{keys.ring().current.id}."


def _bound(key_id: str, aad: bytes) -> bytes:
    return f"medapp/{VERSION}/{key_id}/".encode() + aad
