"""Where an image lies in the patient (PS3.3 C.7.6.2.1.1)."""

from collections.abc import Sequence


def slice_position_mm(position: Sequence[float], orientation: Sequence[float]) -> float | None:
    """Distance of the plane from the origin along its own normal; sorts the slices of a stack."""
    if len(position) != 3 or len(orientation) != 6:
        return None
    row, column = orientation[:3], orientation[3:]
    normal = (
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    )
    return round(sum(n * p for n, p in zip(normal, position, strict=True)), 4)
