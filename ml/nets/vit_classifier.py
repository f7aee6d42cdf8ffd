"""A DINOv2 backbone with a linear head on the class token and the mean patch of its last blocks.

The head sees each of those blocks through the backbone's final normalisation, as DINOv2's own
linear evaluation does (Oquab et al. 2023, appendix B.3).
"""

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from ml.nets.dinov2 import WIDTH


class VitClassifier(nn.Module):
    """`pooled_blocks` last blocks feed the head; (n, 3, s, s) -> logits and features."""

    def __init__(self, backbone: VisionTransformer, classes: int, pooled_blocks: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.pooled_blocks = pooled_blocks
        self.head = nn.Linear(pooled_blocks * 2 * WIDTH, classes)

    @property
    def blocks(self) -> list[nn.Module]:
        return list(self.backbone.blocks.children())

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, classes) and features (n, pooled_blocks * 2 * 384), both float32."""
        features = self.pool(self.later_tokens(self.early_tokens(pixels)))
        return self.logits(features), features

    def logits(self, features: Tensor) -> Tensor:
        """(n, pooled_blocks * 2 * 384) -> (n, classes), in float32 whatever the backbone ran in."""
        with torch.autocast(features.device.type, enabled=False):
            return self.head(features.float())

    def early_tokens(self, pixels: Tensor) -> Tensor:
        """(n, 3, s, s) -> (n, 1 + patches, 384) as they enter the first pooled block."""
        net = self.backbone
        tokens = net.norm_pre(net._pos_embed(net.patch_embed(pixels)))
        for block in self.blocks[: -self.pooled_blocks]:
            tokens = block(tokens)
        return tokens

    def later_tokens(self, tokens: Tensor) -> list[Tensor]:
        """Output of each pooled block, earliest first."""
        outputs = []
        for block in self.blocks[-self.pooled_blocks :]:
            tokens = block(tokens)
            outputs.append(tokens)
        return outputs

    def pool(self, outputs: list[Tensor]) -> Tensor:
        """Per block the class token and the mean patch, one after the other."""
        parts = []
        for tokens in outputs:
            normed = self.backbone.norm(tokens).float()
            parts += [normed[:, 0], normed[:, 1:].mean(dim=1)]
        return torch.cat(parts, dim=1)
