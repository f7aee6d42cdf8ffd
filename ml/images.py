"""From a picture as presented to the tensor that a vision backbone takes."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ml.errors import InvalidInput

# ImageNet statistics, which DINOv2 was trained with.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def to_grey(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """HxW uint8 from HxW, HxWx1 or HxWx3 uint8 (ITU-R 601 luma). Raises InvalidInput."""
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or pixels.size == 0:
        raise InvalidInput(f"an image is HxW or HxWx3 uint8, not {pixels.shape} {pixels.dtype}")
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[2] == 1:
        return pixels[:, :, 0]
    if pixels.shape[2] != 3:
        raise InvalidInput(f"an image has 1 or 3 channels, not {pixels.shape[2]}")
    return np.asarray(Image.fromarray(pixels).convert("L"))


def to_square(grey: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Stretched to size x size with antialiasing, as both training sets were."""
    if grey.shape == (size, size):
        return grey
    picture = Image.fromarray(grey)
    return np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC, reducing_gap=3.0))


def to_tensor(squares: list[NDArray[np.uint8]]) -> torch.Tensor:
    """Normalised batch (n, 3, size, size) float32 from n grey squares."""
    grey = torch.from_numpy(np.stack(squares)).float().div_(255).unsqueeze(1)
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    return (grey - mean) / std
