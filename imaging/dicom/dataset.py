"""From bytes to a dataset that has passed the walk of `scan`: preamble, file meta, deflate."""

import io
import zlib
from dataclasses import dataclass
from functools import cached_property

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import Limits
from imaging.dicom.scan import Buffer, Encoding, Layout, Scanner, scan_dataset
from imaging.dicom.values import ascii_text, is_valid_uid

PREAMBLE_BYTES = 132
TRANSFER_SYNTAX_UID = 0x00020010
MEDIA_STORAGE_SOP_CLASS_UID = 0x00020002
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"


@dataclass(frozen=True)
class DicomFile:
    """A scanned file. `buffer` holds the dataset: the file itself, or what it inflated to."""

    buffer: Buffer
    start: int
    encoding: Encoding
    layout: Layout
    transfer_syntax_uid: str
    is_inflated: bool

    @cached_property
    def dataset(self) -> Dataset:
        """Everything before the pixel data."""
        layout = self.layout
        end = layout.pixel_element_offset if layout.pixel_keyword else layout.end
        stream = io.BytesIO(self.buffer[self.start : end])
        try:
            return read_dataset(stream, self.encoding.is_implicit, self.encoding.is_little_endian)
        except MemoryError:
            raise
        except Exception as error:  # pydicom raises every kind on a damaged header
            raise DicomRefusedError(Code.DAMAGED_HEADER) from error

    @property
    def pixel_bytes(self) -> memoryview:
        return memoryview(self.buffer)[self.layout.pixel_offset : self.layout.pixel_end]


def open_file(buffer: Buffer, limits: Limits) -> DicomFile:
    """Scan a whole file; raises DicomRefusedError."""
    if len(buffer) == 0:
        raise DicomRefusedError(Code.EMPTY_FILE)
    if len(buffer) > limits.max_file_bytes:
        raise DicomRefusedError(Code.TOO_LARGE, limit=limits.max_file_bytes)
    start = _first_element(buffer)
    meta, start = _read_file_meta(buffer, start, limits)
    uid = _meta_value(meta, TRANSFER_SYNTAX_UID)
    if _meta_value(meta, MEDIA_STORAGE_SOP_CLASS_UID) == MEDIA_STORAGE_DIRECTORY:
        raise DicomRefusedError(Code.DICOM_DIRECTORY)
    is_inflated = uid == DeflatedExplicitVRLittleEndian
    if is_inflated:
        buffer, start = inflate(buffer[start:], limits), 0
    encoding = _encoding(buffer, start, uid)
    layout = scan_dataset(buffer, start, encoding, limits)
    _check_header(layout, start, limits)
    return DicomFile(buffer, start, encoding, layout, uid or _implied_syntax(encoding), is_inflated)


def _check_header(layout: Layout, start: int, limits: Limits) -> None:
    end = layout.pixel_element_offset if layout.pixel_keyword else layout.end
    if end - start > limits.max_header_bytes:
        raise DicomRefusedError(Code.HEADER_TOO_LARGE, limit=limits.max_header_bytes)
    if layout.elements == 0:
        raise DicomRefusedError(Code.TRUNCATED)


def _first_element(buffer: Buffer) -> int:
    if bytes(buffer[128:PREAMBLE_BYTES]) == b"DICM":
        return PREAMBLE_BYTES
    # Old files lack the preamble. They begin with group 0002 or 0008, in either byte order.
    head = bytes(buffer[:8])
    if len(head) == 8 and head[:4] in (b"\2\0\0\0", b"\2\0\1\0", b"\2\0\2\0", b"\2\0\x10\0"):
        return 0
    is_group_8 = head[:2] in (b"\x08\0", b"\0\x08") and (head[2] == 0 or head[3] == 0)
    if len(head) == 8 and is_group_8 and (head[4:6].isupper() or head[6:] == b"\0\0"):
        return 0
    raise DicomRefusedError(Code.NOT_DICOM)


def _read_file_meta(buffer: Buffer, start: int, limits: Limits) -> tuple[Dataset, int]:
    """Group 0002 is always explicit VR little endian (PS3.10 section 7.1)."""
    scanner = Scanner(buffer, start, Encoding(is_implicit=False), limits)
    while len(buffer) - scanner.position >= 8 and scanner.at_group(2):
        scanner.skip_element()
    stream = io.BytesIO(buffer[start : scanner.position])
    try:
        return read_dataset(stream, False, True), scanner.position
    except Exception as error:  # pydicom raises every kind on a damaged header
        raise DicomRefusedError(Code.DAMAGED_HEADER) from error


def _meta_value(meta: Dataset, tag: int) -> str:
    item = meta.get_item(tag)
    value = item.value if item is not None else b""
    uid = ascii_text(value) if isinstance(value, bytes) else str(value or "")
    if uid and not is_valid_uid(uid):
        raise DicomRefusedError(Code.INVALID_UID, keyword="file_meta")
    return uid


def _encoding(buffer: Buffer, start: int, uid: str) -> Encoding:
    """As declared, unless the first element shows that the declaration is wrong."""
    head = bytes(buffer[start : start + 6])
    looks_explicit = head[4:6].isalpha() and head[4:6].isupper()
    if uid:
        syntax = UID(uid)
        is_big = syntax == ExplicitVRBigEndian
        return Encoding(is_implicit=not looks_explicit, is_little_endian=not is_big)
    is_big = len(head) >= 2 and head[0] == 0 and head[1] != 0
    return Encoding(is_implicit=not looks_explicit, is_little_endian=not is_big)


def _implied_syntax(encoding: Encoding) -> str:
    if encoding.is_implicit:
        return "1.2.840.10008.1.2"
    return "1.2.840.10008.1.2.1" if encoding.is_little_endian else str(ExplicitVRBigEndian)


def inflate(data: Buffer, limits: Limits) -> bytes:
    """Raw deflate (PS3.5 A.5), stopped at the budget instead of after it."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(data, limits.max_inflated_bytes)
    except zlib.error as error:
        raise DicomRefusedError(Code.DAMAGED_HEADER) from error
    if stream.unconsumed_tail:
        raise DicomRefusedError(Code.INFLATE_BUDGET_EXCEEDED, limit=limits.max_inflated_bytes)
    if not stream.eof:
        raise DicomRefusedError(Code.TRUNCATED)
    return inflated
