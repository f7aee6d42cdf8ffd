"""Attributes of enhanced multi-frame objects stand in functional groups (PS3.3 C.7.6.16)."""

from typing import Any

from pydicom.dataset import Dataset

GROUP_OF = {
    "PixelSpacing": "PixelMeasuresSequence",
    "SliceThickness": "PixelMeasuresSequence",
    "WindowCenter": "FrameVOILUTSequence",
    "WindowWidth": "FrameVOILUTSequence",
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
    "ImagePositionPatient": "PlanePositionSequence",
    "ImageOrientationPatient": "PlaneOrientationSequence",
}


def functional_value(dataset: Dataset, keyword: str, frame: int = 0) -> Any:
    """The value at the top, else of that frame, else shared; None if nowhere or unreadable."""
    try:
        value = dataset.get(keyword)
        if value is not None and value != "":
            return value
        return _from_groups(dataset, keyword, frame)
    except MemoryError:
        raise
    except Exception:  # pydicom raises every kind on a malformed value
        return None


def _from_groups(dataset: Dataset, keyword: str, frame: int) -> Any:
    group = GROUP_OF.get(keyword)
    if group is None:
        return None
    for source, index in (
        ("PerFrameFunctionalGroupsSequence", frame),
        ("SharedFunctionalGroupsSequence", 0),
    ):
        items = dataset.get(source) or []
        inner = items[index].get(group) if index < len(items) else None
        if inner and inner[0].get(keyword) is not None:
            return inner[0].get(keyword)
    return None
