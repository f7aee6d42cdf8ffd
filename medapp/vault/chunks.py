"""The format of a blob on disk, without the database.

Each blob has its own random AES-256 key. The content is cut into chunks of ``chunk_bytes`` (the last may be
shorter, an empty file is one empty chunk); chunk *n* is stored at ``n * (chunk_bytes + 16)`` as ciphertext
and tag. Its nonce is its number and a mark on the last one (the STREAM construction, Hoang et al. 2015), its
additional data the blob's id, so that chunks cannot be swapped, dropped, cut off or taken from another blob.
A nonce never repeats because a key is used for one content only.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TAG_BYTES = 16


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class DamagedChunkError(Exception):
    """A chunk is missing, cut or changed."""


@dataclass(frozen=True)
class Layout:
    """How one blob is cut and keyed."""

    blob_id: UUID
    key: bytes = field(repr=False)
    chunk_bytes: int
    size_bytes: int

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self.key)

    @cached_property
    def last_chunk(self) -> int:
        return max(0, (self.size_bytes - 1) // self.chunk_bytes)

    @property
    def stored_bytes(self) -> int:
        return self.size_bytes + (self.last_chunk + 1) * TAG_BYTES


@dataclass(frozen=True)
class Written:
    size_bytes: int
    sha256: str


def write(stream: Readable, target: BinaryIO, *, blob_id: UUID, key: bytes, chunk_bytes: int) -> Written:
    """Encrypt all of ``stream`` into ``target``."""
    cipher, digest, size = AESGCM(key), hashlib.sha256(), 0
    for number, (chunk, is_last) in enumerate(_marked(_cut(stream, chunk_bytes))):
        digest.update(chunk)
        size += len(chunk)
        target.write(cipher.encrypt(_nonce(number, is_last), chunk, _bound(blob_id, chunk_bytes)))
    return Written(size, digest.hexdigest())


def read(source: BinaryIO, layout: Layout, number: int) -> bytes:
    """Return the plain content of chunk ``number``; raises DamagedChunkError."""
    source.seek(number * (layout.chunk_bytes + TAG_BYTES))
    sealed = source.read(layout.chunk_bytes + TAG_BYTES)
    nonce = _nonce(number, number == layout.last_chunk)
    try:
        return layout.cipher.decrypt(nonce, sealed, _bound(layout.blob_id, layout.chunk_bytes))
    except (InvalidTag, ValueError):
        raise DamagedChunkError from None


def _cut(stream: Readable, chunk_bytes: int) -> Iterator[bytes]:
    """Yield full chunks also where ``read`` returns less than asked for, as sockets and ZIP members do."""
    pending = bytearray()
    while part := stream.read(chunk_bytes):
        pending += part
        while len(pending) >= chunk_bytes:
            yield bytes(pending[:chunk_bytes])
            del pending[:chunk_bytes]
    yield bytes(pending)


def _marked(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each chunk and whether it is the last; an empty tail after a full chunk is none."""
    held = next(chunks)
    for chunk in chunks:
        if not chunk:
            break
        yield held, False
        held = chunk
    yield held, True


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _bound(blob_id: UUID, chunk_bytes: int) -> bytes:
    return b"medapp/blob/1/" + blob_id.bytes + chunk_bytes.to_bytes(4, "big")
