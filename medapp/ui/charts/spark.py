"""A small line for a table cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from medapp.ui.charts.scale import Scale, padded
from medapp.ui.charts.trend import side_of


@dataclass(frozen=True)
class Sparkline:
    path: str
    band: tuple[float, float] | None
    x: float
    y: float
    is_out: bool


def sparkline(
    values: Sequence[float], low: float | None = None, high: float | None = None
) -> Sparkline | None:
    """Lay out a row of values, oldest first, in 88 x 20 units."""
    if not values:
        return None
    bottom, top = padded([float(v) for v in [*values, low, high] if v is not None])
    y = Scale(bottom, top, 18, 2)
    x = Scale(0, max(1, len(values) - 1), 3, 84)
    path = "M" + "L".join(f"{x(n)} {y(float(value))}" for n, value in enumerate(values))
    band = (y(high), round(y(low) - y(high), 2)) if low is not None and high is not None else None
    last = float(values[-1])
    return Sparkline(path, band, x(len(values) - 1), y(last), bool(side_of(last, low, high)))
