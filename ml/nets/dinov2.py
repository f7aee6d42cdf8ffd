"""The DINOv2 ViT-S/14 backbone as timm builds it, from an assembled folder."""

from pathlib import Path
from typing import cast

import timm
import torch
from safetensors.torch import load_file
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.models.vision_transformer import VisionTransformer

from ml.packs import WEIGHTS

PATCH = 14
WIDTH = 384
DEPTH = 12


def load_dinov2(folder: Path, size: int) -> VisionTransformer:
    """Backbone for size x size pixels (a multiple of 14), float32, in evaluation mode."""
    net = cast(
        VisionTransformer,
        timm.create_model("vit_small_patch14_dinov2", pretrained=False, num_classes=0, img_size=size),
    )
    net.load_state_dict(resampled(load_file(folder / WEIGHTS), size // PATCH), strict=True)
    net.eval()
    return net


def resampled(state: dict[str, torch.Tensor], side: int) -> dict[str, torch.Tensor]:
    """The state in float32 with its 37x37 position table resampled to side x side."""
    full = {name: value.float() for name, value in state.items()}
    full["pos_embed"] = resample_abs_pos_embed(full["pos_embed"], new_size=[side, side], num_prefix_tokens=1)
    return full
