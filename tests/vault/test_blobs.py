import io
import os
from hashlib import sha256

import pytest

from medapp.errors import TooLargeError
from medapp.vault import blobs
from medapp.vault.chunks import TAG_BYTES
from medapp.vault.errors import DamagedBlobError
from medapp.vault.models import CHUNK_BYTES, Blob
from medapp.vault.services import delete_blob, store_blob

pytestmark = pytest.mark.django_db
STORED_CHUNK = CHUNK_BYTES + TAG_BYTES
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7]


def store(content: bytes) -> Blob:
    return store_blob(stream=io.BytesIO(content), media_type="application/dicom")


def damage(blob: Blob, change) -> None:
    path = blobs.path_of(blob.id)
    path.write_bytes(change(path.read_bytes()))


class Dribble(io.BytesIO):
    """Gives less than it was asked for, as a socket does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1000)


@pytest.mark.parametrize("size", SIZES)
def test_content_comes_back_and_its_digest_is_known(size):
    content = os.urandom(size)

    blob = store(content)

    assert blobs.read_blob(blob) == content
    assert (blob.size_bytes, blob.sha256) == (size, sha256(content).hexdigest())


def test_short_reads_make_the_same_chunks():
    content = os.urandom(CHUNK_BYTES * 2)

    blob = store_blob(stream=Dribble(content), media_type="x")

    assert blobs.read_blob(blob) == content
    assert blobs.path_of(blob.id).stat().st_size == len(content) + 2 * TAG_BYTES


@pytest.mark.parametrize("start", [0, 5, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 3, 10**9])
@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 2, 10**9])
def test_range_is_the_slice_of_the_content(start, length):
    content = os.urandom(2 * CHUNK_BYTES + 100)

    assert blobs.read_range(store(content), start, length) == content[start : start + length]


def test_stream_can_be_read_from_anywhere():
    content = os.urandom(2 * CHUNK_BYTES + 100)

    with blobs.open_blob(store(content)) as stream:
        stream.seek(-100, io.SEEK_END)
        assert stream.read() == content[-100:]
        stream.seek(CHUNK_BYTES - 2)
        assert stream.read(4) == content[CHUNK_BYTES - 2 : CHUNK_BYTES + 2]
        assert stream.tell() == CHUNK_BYTES + 2


def test_file_is_private_and_named_by_its_id_alone(blob_dir):
    blob = store(b"DICM" * 1000)
    files = [path for path in blob_dir.rglob("*") if path.is_file()]

    assert files == [blob_dir / blob.id.hex[:2] / blob.id.hex[2:4] / blob.id.hex]
    assert files[0].stat().st_mode & 0o077 == 0
    assert b"DICM" not in files[0].read_bytes()


CHANGES = {
    "bit changed": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "cut in the middle": lambda data: data[: len(data) // 2],
    "last chunk dropped": lambda data: data[: 2 * STORED_CHUNK],
    "chunks swapped": lambda data: (
        data[STORED_CHUNK : 2 * STORED_CHUNK] + data[:STORED_CHUNK] + data[2 * STORED_CHUNK :]
    ),
    "emptied": lambda data: b"",
    "longer": lambda data: data + b"x",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_damaged_file_is_refused_in_words(change):
    blob = store(os.urandom(3 * CHUNK_BYTES))
    damage(blob, change)

    with pytest.raises(DamagedBlobError, match=str(blob.id)):
        blobs.read_blob(blob)


def test_cut_file_with_a_matching_size_in_its_row_is_refused():
    blob = store(os.urandom(3 * CHUNK_BYTES))
    damage(blob, lambda data: data[: 2 * STORED_CHUNK])
    blob.size_bytes = 2 * CHUNK_BYTES

    with pytest.raises(DamagedBlobError):
        blobs.read_blob(blob)


def test_file_of_another_blob_is_refused():
    one, other = store(b"one"), store(b"two")
    blobs.path_of(one.id).write_bytes(blobs.path_of(other.id).read_bytes())

    with pytest.raises(DamagedBlobError):
        blobs.read_blob(one)


def test_lost_file_and_lost_key_are_refused(ring):
    blob = store(b"x")
    ring("b")
    with pytest.raises(DamagedBlobError):
        blobs.read_blob(blob)

    ring("a")
    blobs.path_of(blob.id).unlink()
    with pytest.raises(DamagedBlobError):
        blobs.read_blob(blob)


def test_too_large_a_stream_leaves_nothing_behind(blob_dir):
    with pytest.raises(TooLargeError):
        store_blob(stream=io.BytesIO(b"x" * 11), media_type="x", limit_bytes=10)

    assert not Blob.objects.exists()
    assert [path for path in blob_dir.rglob("*") if path.is_file()] == []


def test_broken_stream_leaves_nothing_behind(blob_dir):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError

    with pytest.raises(OSError):
        store_blob(stream=Broken(), media_type="x")

    assert [path for path in blob_dir.rglob("*") if path.is_file()] == []


def test_file_goes_when_the_removal_is_committed(django_capture_on_commit_callbacks):
    blob = store(b"x")
    path = blobs.path_of(blob.id)

    with django_capture_on_commit_callbacks(execute=True):
        delete_blob(blob=blob)
        assert path.exists()

    assert not path.exists()
