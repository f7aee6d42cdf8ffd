"""Size of a compressed frame as its own codestream states it, before anybody decodes it.

JPEG and JPEG-LS: the SOF marker (ISO 10918-1 B.2.2, ISO 14495-1 C.2.2); JPEG 2000 and HTJ2K: the
SIZ marker (ISO 15444-1 A.5.1).
"""

from dataclasses import dataclass
from struct import unpack_from

JPEG_SOI = b"\xff\xd8"
J2K_SOC_SIZ = b"\xff\x4f\xff\x51"
JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  "
NOT_A_SOF = {0xC4, 0xC8, 0xCC}
SOF_MARKERS = ({*range(0xC0, 0xD0)} - NOT_A_SOF) | {0xF7}
STANDALONE = {0x01, *range(0xD0, 0xD9)}
SEARCH_BYTES = 65536


@dataclass(frozen=True)
class FrameSize:
    rows: int
    columns: int
    components: int
    bits: int

    @property
    def pixels(self) -> int:
        return self.rows * self.columns


def frame_size(data: bytes) -> FrameSize | None:
    """None when the bytes are no codestream of these kinds or end before they say."""
    if data[:8] == JP2_SIGNATURE or data[:4] == J2K_SOC_SIZ:
        return _jpeg2000_size(data)
    if data[:2] == JPEG_SOI:
        return _jpeg_size(data)
    return None


def _jpeg2000_size(data: bytes) -> FrameSize | None:
    start = data.find(J2K_SOC_SIZ, 0, SEARCH_BYTES)
    if start < 0 or len(data) < start + 43:
        return None
    width, height, left, top = unpack_from(">LLLL", data, start + 8)
    (components,) = unpack_from(">H", data, start + 40)
    # A codestream may claim an offset past its size; unpacked sizes must not go negative.
    columns, rows = max(0, width - left), max(0, height - top)
    return FrameSize(rows, columns, components, (data[start + 42] & 0x7F) + 1)


def _jpeg_size(data: bytes) -> FrameSize | None:
    position = 2
    while position + 9 < len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker in STANDALONE:
            position += 2
        elif marker in SOF_MARKERS:
            bits, rows, columns, components = unpack_from(">BHHB", data, position + 4)
            return FrameSize(rows, columns, components, bits)
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4])
    return None
