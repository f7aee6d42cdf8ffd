"""Members of an uploaded ZIP, one after the other, with nothing believed and nothing written.

Member names are shown to people and used for nothing else. Sizes are counted while unpacking, not
taken from the directory. Record layouts: APPNOTE.TXT 4.3.16 (end of central directory) and 4.3.14.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import unpack_from
from typing import IO, BinaryIO

from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import DEFAULT_ARCHIVE_LIMITS, ArchiveLimits

END_RECORD, END_RECORD_BYTES = b"PK\x05\x06", 22
ZIP64_LOCATOR, ZIP64_LOCATOR_BYTES = b"PK\x06\x07", 20
ZIP64_RECORD_BYTES = 56
MAX_COMMENT_BYTES = 65535
ARCHIVE_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
CHUNK_BYTES = 1 << 18
JUNK_NAMES = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))


@dataclass(frozen=True)
class Directory:
    entries: int
    size_bytes: int


class Archive:
    """Use as `for member in Archive(stream): ...`; the constructor refuses whole archives."""

    def __init__(self, stream: BinaryIO, limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS) -> None:
        self.limits, self.unpacked_bytes = limits, 0
        self.packed_bytes = stream.seek(0, os.SEEK_END)
        _check_directory(read_directory(stream), limits)
        stream.seek(0)
        try:
            self.file = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise DicomRefusedError(Code.ARCHIVE_DAMAGED) from error
        self.entries = [info for info in self.file.infolist() if not _is_ignored(info)]
        if len(self.file.infolist()) > limits.max_entries:
            raise _too_many(len(self.file.infolist()), limits)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator["Member"]:
        return (Member(self, info) for info in self.entries)

    def count(self, number: int) -> None:
        """Called for every unpacked chunk; raises when the whole grows out of proportion."""
        self.unpacked_bytes += number
        if self.unpacked_bytes > self.limits.max_total_bytes:
            raise DicomRefusedError(Code.ARCHIVE_TOO_LARGE, limit=self.limits.max_total_bytes)
        allowed = self.limits.ratio_free_bytes + self.packed_bytes * self.limits.max_ratio
        if self.unpacked_bytes > allowed:
            raise DicomRefusedError(Code.ARCHIVE_RATIO_EXCEEDED, limit=self.limits.max_ratio)


@dataclass(frozen=True)
class Member:
    archive: Archive
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """For display. Names without the UTF-8 flag are often GB18030 behind code page 437."""
        if self.info.flag_bits & 0x800:
            return self.info.filename
        try:
            return self.info.filename.encode("cp437").decode("gb18030")
        except UnicodeError:
            return self.info.filename

    @property
    def refusal(self) -> DicomRefusedError | None:
        """Why this member will not be unpacked, as far as its entry tells."""
        if self.info.flag_bits & 0x1:
            return DicomRefusedError(Code.ARCHIVE_ENCRYPTED)
        if is_unsafe_name(self.info.orig_filename) or is_unsafe_name(self.info.filename):
            return DicomRefusedError(Code.ARCHIVE_UNSAFE_NAME)
        mode = self.info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            return DicomRefusedError(Code.ARCHIVE_LINK)
        if self.info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return DicomRefusedError(Code.ARCHIVE_METHOD_UNSUPPORTED)
        return None

    def copy_to(self, target: BinaryIO) -> int:
        """Unpack into an open file, bytes written; raises DicomRefusedError."""
        if (refusal := self.refusal) is not None:
            raise refusal
        try:
            with self.archive.file.open(self.info) as stream:
                return self._copy(stream, target)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise DicomRefusedError(Code.ARCHIVE_DAMAGED) from error

    def _copy(self, stream: IO[bytes], target: BinaryIO) -> int:
        limit, written = self.archive.limits.max_member_bytes, 0
        while chunk := stream.read(CHUNK_BYTES):
            if written == 0 and chunk.startswith(ARCHIVE_STARTS):
                raise DicomRefusedError(Code.ARCHIVE_NESTED)
            written += len(chunk)
            self.archive.count(len(chunk))
            if written > limit:
                raise DicomRefusedError(Code.TOO_LARGE, limit=limit)
            target.write(chunk)
        return written


def is_archive(head: bytes) -> bool:
    return head.startswith(ARCHIVE_STARTS[:2])


def is_unsafe_name(name: str) -> bool:
    """Absolute, climbing, drive letters, NUL: nothing that a file could be named honestly."""
    plain = name.replace("\\", "/")
    has_drive = len(plain) > 1 and plain[1] == ":"
    return plain.startswith("/") or has_drive or "\0" in plain or ".." in plain.split("/")


def _is_ignored(info: zipfile.ZipInfo) -> bool:
    """Folders, and what desktop systems leave beside the files."""
    parts = info.filename.split("/")
    return info.is_dir() or parts[0] == "__MACOSX" or parts[-1] in JUNK_NAMES


def _check_directory(directory: Directory, limits: ArchiveLimits) -> None:
    if directory.entries > limits.max_entries:
        raise _too_many(directory.entries, limits)
    if directory.size_bytes > limits.max_directory_bytes:
        raise DicomRefusedError(Code.ARCHIVE_TOO_LARGE, limit=limits.max_directory_bytes)


def _too_many(entries: int, limits: ArchiveLimits) -> DicomRefusedError:
    return DicomRefusedError(Code.ARCHIVE_TOO_MANY_ENTRIES, entries=entries, limit=limits.max_entries)


def read_directory(stream: BinaryIO) -> Directory:
    """What the end record claims, read before zipfile builds an object for every entry."""
    size = stream.seek(0, os.SEEK_END)
    tail_start = max(0, size - END_RECORD_BYTES - MAX_COMMENT_BYTES - ZIP64_LOCATOR_BYTES)
    stream.seek(tail_start)
    tail = stream.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_RECORD_BYTES:
        raise DicomRefusedError(Code.ARCHIVE_DAMAGED)
    entries, directory_bytes = unpack_from("<HL", tail, at + 10)
    locator = tail[max(0, at - ZIP64_LOCATOR_BYTES) : at]
    if locator.startswith(ZIP64_LOCATOR) and len(locator) == ZIP64_LOCATOR_BYTES:
        return _zip64_directory(stream, unpack_from("<Q", locator, 8)[0])
    return Directory(entries, directory_bytes)


def _zip64_directory(stream: BinaryIO, offset: int) -> Directory:
    try:
        stream.seek(offset)
        record = stream.read(ZIP64_RECORD_BYTES)
    except (OSError, ValueError, OverflowError) as error:
        raise DicomRefusedError(Code.ARCHIVE_DAMAGED) from error
    if len(record) < ZIP64_RECORD_BYTES or not record.startswith(b"PK\x06\x06"):
        raise DicomRefusedError(Code.ARCHIVE_DAMAGED)
    entries, directory_bytes = unpack_from("<QQ", record, 32)
    return Directory(entries, directory_bytes)
