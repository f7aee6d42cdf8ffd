"""Plain JPEG and PNG pictures, opened under the same budgets as DICOM."""

import io

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import Limits
from imaging.dicom.scan import Buffer

FORMATS = ("JPEG", "PNG")
GREY_MODES = frozenset({"1", "L", "LA", "I", "I;16", "F"})
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPEG_MAGIC = b"\xff\xd8\xff"


def is_picture(head: bytes) -> bool:
    return head.startswith((JPEG_MAGIC, PNG_MAGIC))


def decode_picture(buffer: Buffer, limits: Limits) -> np.ndarray:
    """uint8 [rows, columns] for grey pictures, else [rows, columns, 3]; the size is checked before decoding."""
    try:
        image: Image.Image = Image.open(io.BytesIO(buffer), formats=FORMATS)
        if image.width * image.height > limits.max_frame_pixels:
            raise DicomRefusedError(Code.PIXEL_BUDGET_EXCEEDED)
        image = ImageOps.exif_transpose(image)
        if image.mode in GREY_MODES:
            return _grey(image)
        return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DicomRefusedError(Code.DECODE_FAILED) from error


def _grey(image: Image.Image) -> np.ndarray:
    """8 bit, deeper pictures stretched from their darkest to their brightest value."""
    if image.mode in ("1", "L", "LA"):
        return np.asarray(image.convert("L"))
    values = np.nan_to_num(np.asarray(image, dtype=np.float64))
    low, high = float(values.min()), float(values.max())
    return ((values - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
