"""The key ring: named master keys, of which the first encrypts and all can decrypt.

A master key is never used itself. Each use (fields, blobs, index, seal) has its own key, derived from it by
HKDF-SHA256 (RFC 5869), so that what leaks from one use says nothing about another.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class MasterKey:
    """One key of the ring and what is derived from it."""

    def __init__(self, key_id: str, secret: bytes) -> None:
        self.id = key_id
        self._secret = secret

    @cached_property
    def fields(self) -> AESGCM:
        return AESGCM(self._derived("fields"))

    @cached_property
    def blobs(self) -> AESGCM:
        return AESGCM(self._derived("blobs"))

    @cached_property
    def index(self) -> bytes:
        return self._derived("index")

    @cached_property
    def seal(self) -> bytes:
        return self._derived("seal")

    def _derived(self, use: str) -> bytes:
        info = f"medapp/vault/1/{use}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._secret)


class KeyRing:
    def __init__(self, keys: list[MasterKey]) -> None:
        self.current = keys[0]
        self._keys = {key.id: key for key in keys}

    def get(self, key_id: str) -> MasterKey | None:
        return self._keys.get(key_id)

    def __iter__(self) -> Iterator[MasterKey]:
        return iter(self._keys.values())


def ring() -> KeyRing:
    """Return the ring that settings.VAULT_KEYS describes.

    Raises ImproperlyConfigured where it describes none.
    """
    return _parsed(settings.VAULT_KEYS)


@lru_cache(maxsize=4)
def _parsed(text: str) -> KeyRing:
    keys = [_key(part.strip()) for part in text.split(",") if part.strip()]
    if not keys:
        raise ImproperlyConfigured("VAULT_KEYS must hold at least one key, as id:base64.")
    if len({key.id for key in keys}) != len(keys):
        raise ImproperlyConfigured("VAULT_KEYS names the same key id twice.")
    return KeyRing(keys)


def _key(part: str) -> MasterKey:
    key_id, _, encoded = part.partition(":")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        secret = b""
    if not KEY_ID.fullmatch(key_id) or len(secret) != KEY_BYTES:
        # The key itself must never reach a log.
        raise ImproperlyConfigured("VAULT_KEYS must be id:base64,id:base64 with 32 bytes behind each base64.")
    return MasterKey(key_id, secret)
