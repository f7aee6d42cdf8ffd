"""Linear scales and round ticks."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import pgettext

DAY_SECONDS = 86400
MONTH_STEPS = (1, 2, 3, 4, 6, 12, 24, 60, 120)
DAY_STEPS = (1, 2, 3, 4, 5, 7, 10, 14, 21, 28)
HOUR_STEPS = (1, 2, 3, 6, 12)


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


def time_ticks(
    first: datetime, last: datetime, most: int = 5, is_short: bool = False
) -> list[tuple[datetime, str]]:
    """Return round moments (starts of months, days or hours) with a label as coarse as the span allows."""
    start, end = timezone.localtime(first), timezone.localtime(last)
    days = (end - start).total_seconds() / DAY_SECONDS
    if days > 100:
        pattern = pgettext("date format: short month and year", "M Y") if is_short else "YEAR_MONTH_FORMAT"
        return _labelled(_month_starts(start, end, most), pattern)
    if days > 2:
        return _labelled(
            _every(start.replace(hour=0), end, _fitting(days, DAY_STEPS, most) * 24), "MONTH_DAY_FORMAT"
        )
    return _labelled(_every(start, end, _fitting(days * 24, HOUR_STEPS, most)), "TIME_FORMAT")


def _labelled(moments: Iterable[datetime], pattern: str) -> list[tuple[datetime, str]]:
    return [(at, formats.date_format(at, pattern)) for at in moments]


def _fitting(span: float, steps: tuple[int, ...], most: int) -> int:
    """Return the smallest step that gives at most ``most`` ticks over ``span``."""
    return next((step for step in steps if span / step <= most - 1), steps[-1])


def _month_starts(start: datetime, end: datetime, most: int) -> list[datetime]:
    months = (end.year - start.year) * 12 + end.month - start.month
    step = _fitting(months, MONTH_STEPS, most)
    first = start.year * 12 + start.month  # the month after the start, counted from January of year 0
    count = -(-first // step) * step
    origin = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    while count <= end.year * 12 + end.month - 1:
        found.append(origin.replace(year=count // 12, month=count % 12 + 1))
        count += step
    return found


def _every(start: datetime, end: datetime, hours: int) -> list[datetime]:
    at = start.replace(minute=0, second=0, microsecond=0)
    found = []
    while at <= end:
        if at >= start:
            found.append(at)
        at += timedelta(hours=hours)
    return found
