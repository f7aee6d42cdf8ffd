"""Does a picture look like those the model was trained on, seen through its own backbone?

Distance: Mahalanobis in the space of the main directions of the training pictures plus what falls
outside that space (Lee et al. 2018; the residual as in Wang et al. 2022, "ViM"). It reads the first
pooled block alone, which tells other kinds of pictures apart best (docs/experiments.md).
Adult: a logistic direction between adults and children, over the first and the last pooled block.
"""

import torch
from torch import Tensor, nn

from ml.nets.dinov2 import WIDTH

BLOCK = 2 * WIDTH  # class token and mean patch


class EmbeddingGate(nn.Module):
    """Takes the features of `VitClassifier`; buffers are fitted by `ml.train.gate`."""

    mean: Tensor
    basis: Tensor
    scale: Tensor
    residual_scale: Tensor
    adult_weight: Tensor
    adult_bias: Tensor

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(BLOCK))
        self.register_buffer("basis", torch.zeros(BLOCK, rank))  # orthonormal columns
        self.register_buffer("scale", torch.ones(rank))  # deviation along each column
        self.register_buffer("residual_scale", torch.ones(()))  # typical length outside the space
        self.register_buffer("adult_weight", torch.zeros(2 * BLOCK))
        self.register_buffer("adult_bias", torch.zeros(()))

    def distance(self, features: Tensor) -> Tensor:
        """(n, d) -> (n,): about 1 for a picture like those of the training set."""
        offset = features[:, :BLOCK].float() - self.mean
        inside = offset @ self.basis  # (n, rank)
        outside = offset - inside @ self.basis.T  # (n, BLOCK)
        within = (inside / self.scale).square().mean(dim=1)
        beyond = outside.square().sum(dim=1) / self.residual_scale.square()
        return ((within + beyond) / 2).sqrt()

    def adult_logit(self, features: Tensor) -> Tensor:
        """(n, d) -> (n,): positive where the picture rather shows an adult."""
        return first_and_last(features).float() @ self.adult_weight + self.adult_bias


def first_and_last(features: Tensor) -> Tensor:
    """(n, d) -> (n, 2 * BLOCK)."""
    return torch.cat([features[:, :BLOCK], features[:, -BLOCK:]], dim=1)
