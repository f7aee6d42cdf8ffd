"""One frame of pixel data as an array, with every budget checked before anything is allocated."""

import io
import mmap
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import as_pixel_options
from pydicom.uid import UID

from imaging.dicom.codestream import frame_size
from imaging.dicom.dataset import DicomFile, open_file
from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.header import Header
from imaging.dicom.limits import DEFAULT_LIMITS, Limits
from imaging.dicom.read import header_of
from imaging.dicom.scan import Buffer

BITS_ALLOCATED = (1, 8, 16, 32, 64)
RLE_LOSSLESS = "1.2.840.10008.1.2.5"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"


@dataclass(frozen=True)
class Frame:
    """Stored values of one frame: [rows, columns], or [rows, columns, 3] for colour (RGB)."""

    pixels: np.ndarray
    index: int
    header: Header
    dataset: Dataset

    @property
    def is_color(self) -> bool:
        return self.pixels.ndim == 3

    @property
    def is_inverted(self) -> bool:
        """MONOCHROME1 shows its lowest value white (PS3.3 C.7.6.3.1.2)."""
        shape = str(self.dataset.get("PresentationLUTShape", "")).upper()
        return self.header.photometric_interpretation == "MONOCHROME1" or shape == "INVERSE"


def decode_frame(buffer: Buffer, index: int = 0, limits: Limits = DEFAULT_LIMITS) -> Frame:
    """Frame `index`, from 0, of a whole file; raises DicomRefusedError and nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = open_file(buffer, limits)
        return decode_frame_of(file, header_of(file), index, limits)


def decode_frame_of(file: DicomFile, header: Header, index: int, limits: Limits) -> Frame:
    decoder = check_frame(file, header, index, limits)
    try:
        options = _pixel_options(file, header)
        pixels, described = decoder.as_array(_pixel_stream(file), index=index, **options)
        photometric = str(described.get("photometric_interpretation", "")).upper()
        pixels = _without_palette(pixels, file.dataset, photometric)
    except MemoryError:
        raise
    except Exception as error:  # each codec raises its own kinds
        raise DicomRefusedError(Code.DECODE_FAILED) from error
    return Frame(_checked_shape(pixels, header), index, header, file.dataset)


def _pixel_options(file: DicomFile, header: Header) -> dict[str, Any]:
    return as_pixel_options(
        file.dataset,
        number_of_frames=header.number_of_frames,
        pixel_keyword=file.layout.pixel_keyword,
        pixel_vr=file.layout.pixel_vr,
        transfer_syntax_uid=UID(file.transfer_syntax_uid),
    )


def check_frame(file: DicomFile, header: Header, index: int, limits: Limits) -> Decoder:
    """The decoder for a frame that may be decoded; raises DicomRefusedError for one that may not."""
    if not header.has_pixels:
        raise DicomRefusedError(Code.NO_PIXELS)
    _check_attributes(header, limits)
    if not 0 <= index < header.number_of_frames:
        raise DicomRefusedError(Code.NO_SUCH_FRAME, frame=index + 1)
    decoder = _decoder(file.transfer_syntax_uid)
    is_encapsulated = UID(file.transfer_syntax_uid).is_encapsulated
    if is_encapsulated != (file.layout.pixel_length is None):
        raise DicomRefusedError(Code.DECODE_FAILED)
    if is_encapsulated:
        _check_codestream(file, header, index, limits)
    elif _native_bytes(header) > (file.layout.pixel_length or 0):
        raise DicomRefusedError(Code.TRUNCATED)
    return decoder


def _check_attributes(header: Header, limits: Limits) -> None:
    pixels = (header.rows or 0) * (header.columns or 0)
    if pixels == 0 or header.bits_allocated not in BITS_ALLOCATED:
        raise DicomRefusedError(Code.INVALID_IMAGE_ATTRIBUTES)
    if header.samples_per_pixel not in (1, 3, 4) or not _are_bits_possible(header):
        raise DicomRefusedError(Code.INVALID_IMAGE_ATTRIBUTES)
    if pixels > limits.max_frame_pixels or header.number_of_frames > limits.max_frames:
        _refuse_size(header.rows or 0, header.columns or 0, header.number_of_frames)


def _are_bits_possible(header: Header) -> bool:
    stored = header.bits_stored
    return stored is None or 0 < stored <= (header.bits_allocated or 0)


def _refuse_size(rows: int, columns: int, frames: int) -> None:
    raise DicomRefusedError(Code.PIXEL_BUDGET_EXCEEDED, rows=rows, columns=columns, frames=frames)


def _decoder(transfer_syntax_uid: str) -> Decoder:
    try:
        decoder = get_decoder(UID(transfer_syntax_uid))
    except NotImplementedError:
        decoder = None
    if decoder is None or not decoder.is_available:
        raise DicomRefusedError(Code.UNSUPPORTED_TRANSFER_SYNTAX, name=UID(transfer_syntax_uid).name)
    return decoder


def _native_bytes(header: Header) -> int:
    samples: float = header.samples_per_pixel
    if header.photometric_interpretation == "YBR_FULL_422":
        samples = 2
    pixels = (header.rows or 0) * (header.columns or 0) * header.number_of_frames
    return int(pixels * samples * (header.bits_allocated or 0)) // 8


def _check_codestream(file: DicomFile, header: Header, index: int, limits: Limits) -> None:
    try:
        data = get_frame(_pixel_stream(file), index, number_of_frames=header.number_of_frames)
    except MemoryError:
        raise
    except Exception as error:  # damaged fragments and offset tables
        raise DicomRefusedError(Code.DECODE_FAILED) from error
    if file.transfer_syntax_uid == RLE_LOSSLESS:
        return  # has no size of its own: pydicom unpacks it to the size that the header states
    size = frame_size(data)
    if size is None:
        raise DicomRefusedError(Code.DECODE_FAILED)
    if size.pixels > limits.max_frame_pixels or size.components > 4:
        _refuse_size(size.rows, size.columns, header.number_of_frames)
    if file.transfer_syntax_uid == JPEG_EXTENDED and size.bits > 8:
        # None of our codecs has the 12-bit lossy process.
        raise DicomRefusedError(Code.UNSUPPORTED_TRANSFER_SYNTAX, name="JPEG Extended 12-bit")
    if (size.rows, size.columns) != (header.rows, header.columns):
        raise DicomRefusedError(Code.CODESTREAM_MISMATCH, rows=size.rows, columns=size.columns)


def _pixel_stream(file: DicomFile) -> BinaryIO:
    """Positioned at the pixel data's value; a mapped file is read frame by frame."""
    if isinstance(file.buffer, mmap.mmap):
        file.buffer.seek(file.layout.pixel_offset)
        return cast(BinaryIO, file.buffer)
    return io.BytesIO(file.pixel_bytes)


def _without_palette(pixels: np.ndarray, dataset: Dataset, photometric: str) -> np.ndarray:
    if photometric != "PALETTE COLOR":
        return pixels
    colored = apply_color_lut(pixels, dataset)[..., :3]
    is_wide = colored.dtype.itemsize > 1 and colored.size and int(colored.max()) > 255
    return colored >> 8 if is_wide else colored


def _checked_shape(pixels: np.ndarray, header: Header) -> np.ndarray:
    if pixels.ndim == 3 and pixels.shape[2] in (3, 4):
        pixels = pixels[..., :3]
    if pixels.shape[:2] != (header.rows, header.columns) or pixels.ndim not in (2, 3):
        raise DicomRefusedError(Code.DECODE_FAILED)
    return pixels
