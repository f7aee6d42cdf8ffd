"""uint8 pixels as a file that a browser shows."""

import io

import numpy as np
from PIL import Image

FORMATS = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


def encode_image(pixels: np.ndarray, image_format: str, *, longest_side: int | None = None) -> bytes:
    """PNG is exact; JPEG and WebP are for looking. Never enlarges."""
    if image_format not in FORMATS:
        raise ValueError(f"unknown image format {image_format!r}")
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if longest_side is not None:
        image.thumbnail((longest_side, longest_side), Image.Resampling.BOX, reducing_gap=2.0)
    target = io.BytesIO()
    options = {"compress_level": 3} if image_format == "png" else {"quality": 88}
    image.save(target, image_format.upper(), **options)
    return target.getvalue()
