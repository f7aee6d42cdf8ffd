"""Fit the embedding gate: what training pictures look like, and the adult direction."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ml.nets.embedding_gate import BLOCK, EmbeddingGate, first_and_last
from ml.train.linear import fit_linear

# Share of the children's weight that goes to those from the adults' own collection. Without it the
# direction would tell the collections apart and not the ages.
SAME_COLLECTION = 0.15


def fit_gate(
    features: NDArray[Any],
    is_adult: NDArray[Any],
    is_adult_collection: NDArray[Any],
    *,
    rank: int,
    decay: float,
) -> EmbeddingGate:
    """`features` (n, d) of chest radiographs of both ages, train only; the rest (n,) booleans.

    The two collections weigh the same in mean and spread, however many pictures each has."""
    gate = EmbeddingGate(rank)
    _fit_distance(gate, features[:, :BLOCK], _balanced(is_adult_collection))
    _fit_adult(gate, features, is_adult, is_adult_collection, decay)
    return gate


def _fit_distance(gate: EmbeddingGate, features: NDArray[Any], weights: NDArray[Any]) -> None:
    mean = weights @ features
    offset = features - mean
    basis = _main_directions(offset * np.sqrt(weights)[:, None], gate.basis.shape[1])
    inside = offset @ basis
    outside = offset - inside @ basis.T
    _set(gate.mean, mean)
    _set(gate.basis, basis)
    _set(gate.scale, np.sqrt(weights @ inside**2))
    _set(gate.residual_scale, np.sqrt(weights @ (outside**2).sum(axis=1)))


def _fit_adult(
    gate: EmbeddingGate,
    features: NDArray[Any],
    is_adult: NDArray[Any],
    is_adult_collection: NDArray[Any],
    decay: float,
) -> None:
    shown = first_and_last(torch.from_numpy(features)).numpy()
    near, far = ~is_adult & is_adult_collection, ~is_adult & ~is_adult_collection
    weights = is_adult / is_adult.sum() / 2
    weights += near / near.sum() / 2 * SAME_COLLECTION
    weights += far / far.sum() / 2 * (1 - SAME_COLLECTION)
    line = fit_linear(shown, is_adult.astype(int), decay=decay, sample_weights=weights)
    _set(gate.adult_weight, line.weight[1] - line.weight[0])
    _set(gate.adult_bias, line.bias[1] - line.bias[0])


def _balanced(mask: NDArray[Any]) -> NDArray[np.float64]:
    """Weights that sum to one half over the mask and over the rest."""
    return np.where(mask, 0.5 / mask.sum(), 0.5 / (~mask).sum())


def _main_directions(weighted: NDArray[Any], rank: int) -> NDArray[np.float64]:
    """(d, rank) leading eigenvectors of the covariance."""
    values, vectors = np.linalg.eigh(weighted.T.astype(np.float64) @ weighted)
    return np.asarray(vectors[:, np.argsort(values)[::-1][:rank]])


def _set(target: torch.Tensor, value: Any) -> None:
    """Rounded as the pack will store it, so that limits are fitted to what is shipped."""
    target.copy_(torch.as_tensor(np.asarray(value, np.float16)).float())
