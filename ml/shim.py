"""Import before timm, transformers or torchvision where PyTorch is the CPU build.

The index's torchvision wheel is the CUDA build: beside a CPU-only torch its operators cannot be
loaded, and `import torchvision` dies registering shapes for operators that do not exist. Declaring
their schemas is enough, since nothing here calls them. A "+cpu" torchvision brings its own.
"""

from importlib import metadata

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def _needs_schemas() -> bool:
    try:
        return torch.version.cuda is None and "+cpu" not in metadata.version("torchvision")
    except metadata.PackageNotFoundError:
        return False


if _needs_schemas():
    for _operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{_operator}", _SCHEMA)
