"""Figures of a classifier, each with an interval, in plain NumPy.

Shapes: targets (n,) integers in 0..k-1; probabilities (n, k); groups (n,) patient or item keys.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Metric = Callable[[Ints, Floats], float]


def accuracy(targets: Ints, probabilities: Floats) -> float:
    return float(np.mean(probabilities.argmax(axis=1) == targets))


def confusion(targets: Ints, predicted: Ints, classes: int) -> NDArray[np.int64]:
    """counts[true, predicted]."""
    flat = np.bincount(targets * classes + predicted, minlength=classes * classes)
    return flat.reshape(classes, classes)


def recall_by_class(targets: Ints, probabilities: Floats) -> Floats:
    counts = _counts(targets, probabilities)
    return _ratio(np.diag(counts), counts.sum(axis=1))


def precision_by_class(targets: Ints, probabilities: Floats) -> Floats:
    counts = _counts(targets, probabilities)
    return _ratio(np.diag(counts), counts.sum(axis=0))


def f1_by_class(targets: Ints, probabilities: Floats) -> Floats:
    counts = _counts(targets, probabilities)
    return _ratio(2 * np.diag(counts), counts.sum(axis=0) + counts.sum(axis=1))


def macro_f1(targets: Ints, probabilities: Floats) -> float:
    return float(np.nanmean(f1_by_class(targets, probabilities)))


def macro_recall(targets: Ints, probabilities: Floats) -> float:
    return float(np.nanmean(recall_by_class(targets, probabilities)))


def auroc(is_positive: NDArray[Any], scores: NDArray[Any]) -> float:
    """Area under the ROC curve by ranks, ties at half; nan when a class is absent."""
    positive = np.asarray(is_positive, bool)
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if not positives or not negatives:
        return float("nan")
    values, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle_rank = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = middle_rank[place][positive].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def macro_auroc(targets: Ints, probabilities: Floats) -> float:
    """Mean over classes of one against the rest."""
    columns = range(probabilities.shape[1])
    return float(np.nanmean([auroc(targets == c, probabilities[:, c]) for c in columns]))


def ece(targets: Ints, probabilities: Floats, bins: int = 15) -> float:
    """Expected calibration error of the top label over bins of equal mass (Nixon et al. 2019)."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == targets
    order = np.argsort(confidence, kind="stable")
    groups = [group for group in np.array_split(order, bins) if len(group)]
    gaps = [abs(confidence[group].mean() - correct[group].mean()) * len(group) for group in groups]
    return float(sum(gaps) / len(targets))


def brier(targets: Ints, probabilities: Floats) -> float:
    """Mean squared distance to the one-hot truth, summed over classes."""
    truth = np.eye(probabilities.shape[1])[targets]
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def bootstrap(
    metric: Metric,
    targets: Ints,
    probabilities: Floats,
    groups: Sequence[Any] | NDArray[Any],
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """95 % percentile interval, drawing whole groups (patients) with replacement."""
    order, starts = _members(groups)
    members = np.split(order, starts[1:])
    generator = np.random.default_rng(seed)
    figures = []
    for _ in range(rounds):
        drawn = generator.integers(0, len(members), len(members))
        rows = np.concatenate([members[group] for group in drawn])
        figures.append(metric(targets[rows], probabilities[rows]))
    low, high = np.nanpercentile(figures, [2.5, 97.5])
    return float(low), float(high)


def report(
    targets: Ints,
    probabilities: Floats,
    groups: Sequence[Any] | NDArray[Any],
    labels: Sequence[str],
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """The `metrics.test` part of a pack: every figure as {"value", "low", "high"}."""

    def figure(metric: Metric) -> dict[str, float]:
        low, high = bootstrap(metric, targets, probabilities, groups, rounds=rounds, seed=seed)
        value = metric(targets, probabilities)
        return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}

    def by_label(metric: Callable[[Ints, Floats], Floats]) -> dict[str, dict[str, float]]:
        return {
            label: figure(lambda t, p, c=column: float(metric(t, p)[c]))  # type: ignore[misc]
            for column, label in enumerate(labels)
        }

    return {
        "n": len(targets),
        "groups": len(set(np.asarray(groups).tolist())),
        "accuracy": figure(accuracy),
        "macro_f1": figure(macro_f1),
        "macro_recall": figure(macro_recall),
        "macro_auroc": figure(macro_auroc),
        "recall": by_label(recall_by_class),
        "precision": by_label(precision_by_class),
        "f1": by_label(f1_by_class),
        "auroc": {
            label: figure(lambda t, p, c=column: auroc(t == c, p[:, c]))  # type: ignore[misc]
            for column, label in enumerate(labels)
        },
        "ece": figure(ece),
        "brier": figure(brier),
        "confusion": _counts(targets, probabilities).tolist(),
    }


def _counts(targets: Ints, probabilities: Floats) -> NDArray[np.int64]:
    return confusion(targets, probabilities.argmax(axis=1), probabilities.shape[1])


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """part / whole, nan where there is nothing to divide by."""
    share = np.full(len(part), np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share


def _members(groups: Sequence[Any] | NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows sorted by group, and where each group starts."""
    _, place = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    return order, starts
