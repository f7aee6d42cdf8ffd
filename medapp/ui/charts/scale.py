"""Linear scales and round ticks."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats, timezone

DAY_SECONDS = 86400


@dataclass(frozen=True)
class Scale:
    """Maps ``low..high`` to ``start..end`` (SVG units; ``end < start`` where the axis points up)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)


def round_step(span: float, most: int) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that cuts ``span`` into at most ``most`` parts."""
    rough = span / most
    power: float = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


def round_ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Return round values inside ``low..high``, ends included."""
    step = round_step(high - low, most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


def padded(values: list[float]) -> tuple[float, float]:
    """Return the domain of the values with a tenth of air on both sides; not below zero for what never is."""
    low, high = min(values), max(values)
    air = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    bottom = low - air
    return (max(0.0, bottom) if low >= 0 else bottom), high + air


def time_ticks(first: datetime, last: datetime, most: int = 5) -> list[tuple[datetime, str]]:
    """Return evenly spaced moments with a label as coarse as the span allows; equal labels appear once."""
    span = last - first
    pattern = _pattern(span)
    ticks: dict[str, datetime] = {}
    for n in range(most):
        at = first + span * n / max(1, most - 1)
        ticks.setdefault(formats.date_format(timezone.localtime(at), pattern), at)
    return [(at, label) for label, at in ticks.items()]


def _pattern(span: timedelta) -> str:
    days = span.total_seconds() / DAY_SECONDS
    if days > 100:
        return "YEAR_MONTH_FORMAT"
    return "MONTH_DAY_FORMAT" if days > 2 else "TIME_FORMAT"
