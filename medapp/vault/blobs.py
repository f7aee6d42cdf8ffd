"""Reading stored files: as a seekable stream, as a range, as an iterator for a response."""

import base64
import binascii
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.conf import settings

from medapp.vault import chunks, keys
from medapp.vault.errors import DamagedBlobError
from medapp.vault.keys import MasterKey
from medapp.vault.models import Blob

NONCE_BYTES = 12


def path_of(blob_id: UUID) -> Path:
    """Return where a blob lies. The name comes from the id alone, spread over 65,536 folders."""
    name = blob_id.hex
    return Path(settings.BLOB_DIR) / name[:2] / name[2:4] / name


def open_blob(blob: Blob) -> BinaryIO:
    """Return the plain content as a seekable file; reading raises DamagedBlobError."""
    return cast(BinaryIO, io.BufferedReader(BlobReader(blob), buffer_size=blob.chunk_bytes))


def read_blob(blob: Blob) -> bytes:
    """Return the whole plain content; raises DamagedBlobError."""
    return read_range(blob, 0, blob.size_bytes)


def read_range(blob: Blob, start: int, length: int) -> bytes:
    """Return up to ``length`` bytes from ``start``, decrypting only the chunks in between."""
    return b"".join(iter_range(blob, start, length))


def iter_range(blob: Blob, start: int, length: int) -> Iterator[bytes]:
    """Yield the range in pieces of at most one chunk; raises DamagedBlobError."""
    end = min(start + max(0, length), blob.size_bytes)
    with BlobReader(blob) as reader:
        while start < end:
            piece = reader.chunk_at(start)[: end - start]
            yield piece
            start += len(piece)


class BlobReader(io.RawIOBase):
    """The plain content of a blob. One chunk is held in memory at a time."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob_id = blob.id
        self._layout = chunks.Layout(blob.id, unwrap_key(blob), blob.chunk_bytes, blob.size_bytes)
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._source = self._opened()

    def chunk_at(self, offset: int) -> bytes:
        """Return the rest of the chunk that holds ``offset`` (< size), from ``offset`` on."""
        number, skip = divmod(offset, self._layout.chunk_bytes)
        if self._held[0] != number:
            self._held = (number, self._checked(number))
        return self._held[1][skip:]

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._layout.size_bytes:
            return 0
        view = memoryview(buffer).cast("B")
        piece = self.chunk_at(self._position)[: len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._layout.size_bytes}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed and hasattr(self, "_source"):
            self._source.close()
        super().close()

    def _opened(self) -> BinaryIO:
        try:
            source = path_of(self._blob_id).open("rb")
        except FileNotFoundError:
            raise DamagedBlobError(blob=self._blob_id) from None
        if os.fstat(source.fileno()).st_size != self._layout.stored_bytes:
            source.close()
            raise DamagedBlobError(blob=self._blob_id)
        return source

    def _checked(self, number: int) -> bytes:
        try:
            return chunks.read(self._source, self._layout, number)
        except chunks.DamagedChunkError:
            raise DamagedBlobError(blob=self._blob_id) from None


def wrap_key(key: bytes, blob_id: UUID, master: MasterKey) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + master.blobs.encrypt(nonce, key, blob_id.bytes)).decode("ascii")


def unwrap_key(blob: Blob) -> bytes:
    """Raises DamagedBlobError where the key is missing or was changed."""
    master = keys.ring().get(blob.key_id)
    if master is None:
        raise DamagedBlobError(blob=blob.id)
    try:
        sealed = base64.b64decode(blob.wrapped_key, validate=True)
        return master.blobs.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], blob.id.bytes)
    except (InvalidTag, binascii.Error, ValueError):
        raise DamagedBlobError(blob=blob.id) from None
