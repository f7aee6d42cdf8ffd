"""Multinomial logistic regression by L-BFGS: few lines, one optimum, the same on every run."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy


@dataclass(frozen=True)
class Linear:
    """logits = features @ weight.T + bias, on raw (not standardised) features."""

    weight: NDArray[np.float32]  # (classes, d)
    bias: NDArray[np.float32]  # (classes,)

    def logits(self, features: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray(features @ self.weight.T + self.bias, np.float32)


def fit_linear(
    features: NDArray[Any],
    targets: NDArray[Any],
    *,
    decay: float,
    sample_weights: NDArray[Any] | None = None,
    rounds: int = 200,
) -> Linear:
    """Features are standardised for fitting and the scale is folded into the result.

    `decay` is the L2 penalty on the standardised weights, relative to the mean loss."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    x = torch.from_numpy(((features - mean) / scale).astype(np.float32))
    y = torch.from_numpy(np.asarray(targets, np.int64))
    w = torch.ones(len(y)) if sample_weights is None else torch.from_numpy(sample_weights).float()
    weight = torch.zeros(int(y.max()) + 1, x.shape[1], requires_grad=True)
    bias = torch.zeros(len(weight), requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=rounds, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        losses = cross_entropy(x @ weight.T + bias, y, reduction="none")
        loss = (losses * w).sum() / w.sum() + decay * weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    raw_weight = weight.detach().numpy() / scale
    return Linear(
        weight=raw_weight.astype(np.float32),
        bias=(bias.detach().numpy() - raw_weight @ mean).astype(np.float32),
    )
