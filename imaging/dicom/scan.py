"""Walk the elements of a dataset without building any: lengths, nesting, counts, place of the pixels.

pydicom believes what a length field says and recurses into sequences; this walk goes first, is
iterative, stops at its budget, and is the reason why the parser behind it meets no surprises.
Encoding rules: PS3.5 section 7 and annex A.
"""

from dataclasses import dataclass
from mmap import mmap
from struct import Struct
from typing import TypeAlias

from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import Limits

Buffer: TypeAlias = bytes | bytearray | memoryview | mmap

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_TAGS = {
    0x7FE00008: "FloatPixelData",
    0x7FE00009: "DoubleFloatPixelData",
    0x7FE00010: "PixelData",
}
LONG_VRS = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)


@dataclass(frozen=True)
class Encoding:
    is_implicit: bool
    is_little_endian: bool = True


@dataclass
class Layout:
    """Offsets are from the start of the scanned buffer; `pixel_length` is None when undefined."""

    elements: int = 0
    depth: int = 0
    end: int = 0
    pixel_keyword: str | None = None
    pixel_vr: str = "OW"
    pixel_element_offset: int = 0
    pixel_offset: int = 0
    pixel_length: int | None = None
    pixel_end: int = 0
    fragments: int = 0


@dataclass
class _Scope:
    """A sequence or an item that the walk is inside of; `end` None: until its delimiter."""

    is_sequence: bool
    end: int | None
    is_implicit: bool


@dataclass(frozen=True)
class _Element:
    tag: int
    vr: bytes
    length: int
    value_offset: int


class Scanner:
    """One walk over one buffer. `run` returns the layout or raises DicomRefusedError."""

    def __init__(self, buffer: Buffer, start: int, encoding: Encoding, limits: Limits) -> None:
        self.buffer, self.position, self.limits = buffer, start, limits
        self.size, self.encoding, self.layout = len(buffer), encoding, Layout()
        order = "<" if encoding.is_little_endian else ">"
        self.read_tag = Struct(f"{order}HH").unpack_from
        self.read_short = Struct(f"{order}H").unpack_from
        self.read_long = Struct(f"{order}L").unpack_from
        self.scopes: list[_Scope] = []

    def run(self) -> Layout:
        while self._leave_finished_scopes():
            element = self._next_element()
            if element is None or self._is_pixel_data(element):
                break
            self._enter_or_skip(element)
        self.layout.end = self.position
        return self.layout

    def at_group(self, group: int) -> bool:
        return bool(self.read_tag(self.buffer, self.position)[0] == group)

    def skip_element(self) -> None:
        """Step over one element without entering it."""
        element = self._next_element()
        if element is not None:
            self.position = self._after(element)

    def _leave_finished_scopes(self) -> bool:
        """False at the end of the dataset."""
        while self.scopes and self.scopes[-1].end == self.position:
            self.scopes.pop()
        if self.scopes and self.position > (self.scopes[-1].end or self.position):
            raise DicomRefusedError(Code.DAMAGED_HEADER, offset=self.position)
        if self.size - self.position >= 8:
            return True
        if self.scopes:
            raise DicomRefusedError(Code.TRUNCATED)
        return False

    def _next_element(self) -> _Element | None:
        group, number = self.read_tag(self.buffer, self.position)
        tag = group << 16 | number
        if not self.scopes and tag == 0:
            return None  # zero padding after the last element
        self._count()
        implicit = self.scopes[-1].is_implicit if self.scopes else self.encoding.is_implicit
        if implicit or group == 0xFFFE:
            (length,) = self.read_long(self.buffer, self.position + 4)
            return _Element(tag, b"", length, self.position + 8)
        return self._explicit_element(tag)

    def _explicit_element(self, tag: int) -> _Element:
        vr = bytes(self.buffer[self.position + 4 : self.position + 6])
        if vr in LONG_VRS:
            if self.size - self.position < 12:
                raise DicomRefusedError(Code.TRUNCATED)
            (length,) = self.read_long(self.buffer, self.position + 8)
            return _Element(tag, vr, length, self.position + 12)
        if not (vr.isalpha() and vr.isupper()):
            # Some writers switch to implicit VR inside a dataset; pydicom follows them, so do we.
            (length,) = self.read_long(self.buffer, self.position + 4)
            return _Element(tag, b"", length, self.position + 8)
        (length,) = self.read_short(self.buffer, self.position + 6)
        return _Element(tag, vr, length, self.position + 8)

    def _count(self) -> None:
        self.layout.elements += 1
        if self.layout.elements > self.limits.max_elements:
            raise DicomRefusedError(Code.ELEMENT_BUDGET_EXCEEDED, limit=self.limits.max_elements)

    def _is_pixel_data(self, element: _Element) -> bool:
        if self.scopes or element.tag not in PIXEL_TAGS:
            return False
        layout = self.layout
        layout.pixel_keyword = PIXEL_TAGS[element.tag]
        layout.pixel_vr = element.vr.decode() or "OW"
        layout.pixel_element_offset, layout.pixel_offset = self.position, element.value_offset
        if element.length == UNDEFINED:
            self.position = self._after_fragments(element.value_offset)
        else:
            layout.pixel_length = element.length
            self.position = self._after(element)
        layout.pixel_end = self.position
        return True

    def _after_fragments(self, position: int) -> int:
        """PS3.5 A.4. A missing delimiter after the last whole fragment is common and harmless."""
        while self.size - position >= 8:
            group, number = self.read_tag(self.buffer, position)
            (length,) = self.read_long(self.buffer, position + 4)
            tag = group << 16 | number
            if tag == SEQUENCE_END:
                return position + 8
            if tag != ITEM:
                raise DicomRefusedError(Code.DAMAGED_HEADER, offset=position)
            position += 8 + length
            self.layout.fragments += 1
            self._count()
            if position > self.size:
                raise DicomRefusedError(Code.TRUNCATED)
        return position

    def _after(self, element: _Element) -> int:
        end = element.value_offset + element.length
        if end > self.size:
            raise DicomRefusedError(Code.TRUNCATED)
        return end

    def _enter_or_skip(self, element: _Element) -> None:
        if element.tag == SEQUENCE_END or element.tag == ITEM_END:
            self._close(element)
        elif element.tag == ITEM:
            self._open(element, is_sequence=False)
        elif element.vr == b"SQ" or element.length == UNDEFINED:
            self._open(element, is_sequence=True)
        else:
            self.position = self._after(element)

    def _close(self, element: _Element) -> None:
        self.position = element.value_offset
        wanted_sequence = element.tag == SEQUENCE_END
        while self.scopes:
            if self.scopes.pop().is_sequence == wanted_sequence:
                return
        # A stray delimiter at the top is skipped, as other readers do.

    def _open(self, element: _Element, *, is_sequence: bool) -> None:
        end = None if element.length == UNDEFINED else self._after(element)
        parent = self.scopes[-1].is_implicit if self.scopes else self.encoding.is_implicit
        # UN of undefined length holds implicit VR (PS3.5 section 6.2.2).
        implicit = parent or element.vr == b"UN"
        self.scopes.append(_Scope(is_sequence, end, implicit))
        self.position = element.value_offset
        depth = sum(scope.is_sequence for scope in self.scopes)
        self.layout.depth = max(self.layout.depth, depth)
        if len(self.scopes) > 2 * self.limits.max_depth:
            raise DicomRefusedError(Code.NESTING_TOO_DEEP, limit=self.limits.max_depth)


def scan_dataset(buffer: Buffer, start: int, encoding: Encoding, limits: Limits) -> Layout:
    """Layout of the dataset that begins at `start`; raises DicomRefusedError."""
    return Scanner(buffer, start, encoding, limits).run()
