"""Writing and removing stored files."""

import contextlib
import os
import uuid
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from medapp.errors import TooLargeError
from medapp.vault import blobs, chunks, keys
from medapp.vault.chunks import Readable
from medapp.vault.models import CHUNK_BYTES, Blob


class _Limited:
    """A stream that refuses to give more than ``limit`` bytes."""

    def __init__(self, stream: Readable, limit: int) -> None:
        self._stream, self._limit, self._left = stream, limit, limit

    def read(self, size: int = -1, /) -> bytes:
        part = self._stream.read(size)
        self._left -= len(part)
        if self._left < 0:
            raise TooLargeError(limit=f"{self._limit:,} B")
        return part


def store_blob(*, stream: Readable, media_type: str, limit_bytes: int | None = None) -> Blob:
    """Encrypt ``stream`` from where it stands to disk, durably, and return its row.

    The file is complete and synced before the row exists; a row that is rolled back leaves a file that
    ``manage.py sweep_blobs`` removes. Raises TooLargeError past ``limit_bytes``.
    """
    blob_id, key, master = uuid.uuid4(), os.urandom(keys.KEY_BYTES), keys.ring().current
    source = stream if limit_bytes is None else _Limited(stream, limit_bytes)
    written = _write_durably(source, blob_id, key)
    return Blob.objects.create(
        id=blob_id,
        sha256=written.sha256,
        size_bytes=written.size_bytes,
        chunk_bytes=CHUNK_BYTES,
        key_id=master.id,
        wrapped_key=blobs.wrap_key(key, blob_id, master),
        media_type=media_type,
    )


def delete_blob(*, blob: Blob) -> None:
    """Remove the row now and the file once that is committed."""
    path = blobs.path_of(blob.id)
    with transaction.atomic():
        blob.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _write_durably(stream: Readable, blob_id: uuid.UUID, key: bytes) -> chunks.Written:
    path = blobs.path_of(blob_id)
    _make_folders(path.parent)
    temporary = path.with_name(f".{path.name}.part")
    try:
        with _private(temporary) as target:
            written = chunks.write(stream, target, blob_id=blob_id, key=key, chunk_bytes=CHUNK_BYTES)
            target.flush()
            os.fsync(target.fileno())
        temporary.rename(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)
    return written


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _make_folders(folder: Path) -> None:
    """Create the two fan-out levels; a new name is only durable once the folder above is synced."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sync_folder(folder.parent)
    _sync_folder(folder.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
