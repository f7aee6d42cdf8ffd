"""From logits to probabilities that mean what they say, and how well that is known.

Temperature scaling: Guo et al. 2017, "On Calibration of Modern Neural Networks".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Z95 = 1.959963984540054


def softmax(logits: NDArray[Any]) -> Floats:
    """Over the last axis."""
    shifted = np.asarray(logits, np.float64) - np.max(logits, axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def negative_log_likelihood(logits: NDArray[Any], targets: Ints) -> float:
    chosen = softmax(logits)[np.arange(len(targets)), targets]
    return float(-np.log(np.clip(chosen, 1e-12, None)).mean())


@dataclass(frozen=True)
class TemperatureCalibrator:
    """Divides logits by one number, which changes no ranking."""

    temperature: float

    @classmethod
    def fit(cls, logits: NDArray[Any], targets: Ints) -> "TemperatureCalibrator":
        """logits (n, k) and targets (n,) of pictures that the model was not fitted on."""
        low, high = np.log(0.05), np.log(20.0)
        shrink = (np.sqrt(5) - 1) / 2  # golden section: the likelihood has one minimum
        for _ in range(60):
            left, right = high - shrink * (high - low), low + shrink * (high - low)
            if _loss_at(left, logits, targets) < _loss_at(right, logits, targets):
                high = right
            else:
                low = left
        return cls(float(np.exp((low + high) / 2)))

    def apply(self, logits: NDArray[Any]) -> Floats:
        """Probabilities, same shape as logits."""
        return softmax(np.asarray(logits, np.float64) / self.temperature)


def wilson(hits: int, total: int, z: float = Z95) -> tuple[float, float]:
    """Interval for a proportion (Wilson 1927); (0, 1) when nothing was observed."""
    if total == 0:
        return 0.0, 1.0
    share, slack = hits / total, z * z / total
    centre = (share + slack / 2) / (1 + slack)
    half = z / (1 + slack) * np.sqrt(share * (1 - share) / total + slack / (4 * total))
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))


@dataclass(frozen=True)
class FrequencyBins:
    """What became of held-out cases with a similar probability, for one label.

    `upper` are the upper edges of bins with about the same number of cases in each; `hits` of
    `total` cases in a bin had the label.
    """

    upper: tuple[float, ...]
    hits: tuple[int, ...]
    total: tuple[int, ...]

    @classmethod
    def fit(cls, probabilities: NDArray[Any], has_label: NDArray[Any], bins: int) -> "FrequencyBins":
        """probabilities (n,) calibrated, has_label (n,) of 0 and 1."""
        groups = np.array_split(np.argsort(probabilities, kind="stable"), bins)
        edges = [
            float(probabilities[a[-1]] + probabilities[b[0]]) / 2
            for a, b in zip(groups, groups[1:], strict=False)
        ]
        return cls(
            upper=(*edges, 1.0),
            hits=tuple(int(np.sum(has_label[group])) for group in groups),
            total=tuple(len(group) for group in groups),
        )

    def interval(self, probability: float) -> tuple[float, float]:
        """95 % Wilson interval of the observed frequency in the bin, widened where it must be to
        hold the probability itself."""
        position = int(np.searchsorted(self.upper[:-1], probability, side="left"))
        low, high = wilson(self.hits[position], self.total[position])
        return min(low, probability), max(high, probability)

    def to_json(self) -> dict[str, list[Any]]:
        upper = [round(edge, 6) for edge in self.upper]
        return {"upper": upper, "hits": list(self.hits), "total": list(self.total)}

    @classmethod
    def from_json(cls, item: dict[str, list[Any]]) -> "FrequencyBins":
        return cls(tuple(item["upper"]), tuple(item["hits"]), tuple(item["total"]))


def word_for(probability: float, likely: float, unlikely: float) -> str:
    """ "likely", "possible" or "unlikely", with the cuts of the pack."""
    if probability >= likely:
        return "likely"
    return "unlikely" if probability <= unlikely else "possible"


def _loss_at(log_temperature: float, logits: NDArray[Any], targets: Ints) -> float:
    return negative_log_likelihood(np.asarray(logits) / np.exp(log_temperature), targets)
