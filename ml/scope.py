"""The input gate's cheap part: what the header says, and what the bare pixels give away.

The part that looks at the picture through the network is `ml.nets.embedding_gate`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.images import to_grey
from ml.outputs import ImageInput, ScopeVerdict

MIN_SIDE = 64  # pixels; below it no radiograph can be judged
MIN_SPREAD = 5.0  # grey levels between the 2nd and 98th percentile
MAX_COLOUR = 12  # grey levels between the channels of a pixel; JPEG noise stays below
MAX_COLOUR_SHARE = 0.05  # of the pixels: a coloured annotation is allowed


def refusal(item: ImageInput, scope: dict[str, Any]) -> ScopeVerdict | None:
    """Why this input is out of scope, without running the network; None when nothing speaks
    against it. `scope` is the pack's."""
    return header_refusal(item, scope) or pixel_refusal(item.pixels)


def header_refusal(item: ImageInput, scope: dict[str, Any]) -> ScopeVerdict | None:
    modality, body_part, view = (_word(x) for x in (item.modality, item.body_part, item.view))
    if modality and modality not in scope["modalities"]:
        return _no("wrong-modality", modality=modality, allowed=scope["modalities"])
    if body_part and not any(name in body_part for name in scope["body_parts"]):
        return _no("wrong-body-part", body_part=body_part, allowed=scope["body_parts"])
    if view and view in scope.get("refused_views", ()):
        return _no("wrong-view", view=view, allowed=scope["views"])
    if item.age_years is not None and not _within(item.age_years, scope):
        limits = {"min_age": scope["min_age"], "max_age": scope["max_age"]}
        return _no("age-out-of-range", age_years=item.age_years, source="header", **limits)
    return None


def pixel_refusal(pixels: NDArray[np.uint8]) -> ScopeVerdict | None:
    """Blank, tiny or coloured pictures. Raises InvalidInput for what is no picture at all."""
    grey = to_grey(pixels)
    if min(grey.shape) < MIN_SIDE:
        return _no("not-a-radiograph", rows=grey.shape[0], columns=grey.shape[1], minimum=MIN_SIDE)
    low, high = np.percentile(grey, [2, 98])
    if high - low < MIN_SPREAD:
        return _no("blank-image", spread=round(float(high - low), 1), minimum=MIN_SPREAD)
    share = colour_share(pixels)
    if share > MAX_COLOUR_SHARE:
        return _no("not-a-radiograph", coloured_share=round(share, 3), maximum=MAX_COLOUR_SHARE)
    return None


def colour_share(pixels: NDArray[np.uint8]) -> float:
    """Share of the pixels that are visibly not grey."""
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return 0.0
    spread = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    return float(np.mean(spread > MAX_COLOUR))


def notes(item: ImageInput, scope: dict[str, Any]) -> list[str]:
    """What could not be checked, or lies at the edge of what the model has seen."""
    silent = {
        "modality-unknown": item.modality,
        "body-part-unknown": item.body_part,
        "view-unknown": item.view,
    }
    found = [note for note, value in silent.items() if not _word(value)]
    low, high = scope.get("trained_ages", (scope["min_age"], scope["max_age"]))
    if item.age_years is None:
        found.append("age-unknown")
    elif not low <= item.age_years < high + 1:
        found.append("age-outside-training")
    return found


def _within(age_years: float, scope: dict[str, Any]) -> bool:
    """Ages count in completed years: 17.9 is 17."""
    return bool(scope["min_age"] <= age_years < scope["max_age"] + 1)


def _word(value: str | None) -> str:
    return (value or "").strip().upper()


def _no(code: str, **detail: Any) -> ScopeVerdict:
    return ScopeVerdict(in_scope=False, code=code, detail=detail)
