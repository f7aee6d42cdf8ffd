"""Does a picture look like those the model was trained on, seen through its own backbone?

Distance: Mahalanobis in the space of the main directions of the training pictures plus what falls
outside that space (Lee et al. 2018; the residual as in Wang et al. 2022, "ViM").
Adult: a logistic direction between adult and paediatric chest radiographs.
"""

import torch
from torch import Tensor, nn


class EmbeddingGate(nn.Module):
    """Buffers are fitted by `ml.train.gate` and stored in the pack."""

    mean: Tensor
    basis: Tensor
    scale: Tensor
    residual_scale: Tensor
    adult_weight: Tensor
    adult_bias: Tensor

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))  # (d,)
        self.register_buffer("basis", torch.zeros(width, rank))  # (d, r) orthonormal columns
        self.register_buffer("scale", torch.ones(rank))  # (r,) deviation along each column
        self.register_buffer("residual_scale", torch.ones(()))  # () typical length outside
        self.register_buffer("adult_weight", torch.zeros(width))  # (d,)
        self.register_buffer("adult_bias", torch.zeros(()))

    def distance(self, features: Tensor) -> Tensor:
        """(n, d) -> (n,): about 1 for a picture like those of the training set."""
        offset = features.float() - self.mean
        inside = offset @ self.basis  # (n, r)
        outside = offset - inside @ self.basis.T  # (n, d)
        within = (inside / self.scale).square().mean(dim=1)
        beyond = outside.square().sum(dim=1) / self.residual_scale.square()
        return ((within + beyond) / 2).sqrt()

    def adult_logit(self, features: Tensor) -> Tensor:
        """(n, d) -> (n,): positive where the picture rather shows an adult."""
        return (features.float() - self.mean) @ self.adult_weight + self.adult_bias
