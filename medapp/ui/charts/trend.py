"""A trend of one laboratory value or vital sign: readings, reference band, arrows outside it, event ticks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.formats import number_format

from medapp.errors import Words
from medapp.ui.charts.scale import Scale, padded, round_ticks, time_ticks

WIDTH, HEIGHT = 560, 176
LEFT, RIGHT, TOP, BOTTOM = 44, 548, 14, 150


@dataclass(frozen=True)
class Reading:
    at: datetime
    value: float
    side: str = ""  # "up" or "down" outside the reference range
    text: str = ""  # with as many decimals as the most exact reading of the series
    x: float = 0
    y: float = 0

    @property
    def arrow(self) -> str:
        """A triangle around the point, its tip where the value left the range."""
        up = -1 if self.side == "up" else 1
        return f"M{self.x - 4.5} {self.y - up * 3}h9L{self.x} {self.y + up * 5}z"


@dataclass(frozen=True)
class Event:
    at: datetime
    title: Words
    x: float = 0


@dataclass(frozen=True)
class Trend:
    label: Words
    unit: str
    low: float | None
    high: float | None
    readings: list[Reading] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    y_ticks: list[tuple[float, float]] = field(default_factory=list)  # (y, value)
    x_ticks: list[tuple[float, str]] = field(default_factory=list)
    band: tuple[float, float] | None = None  # (top y, height)
    key: str = ""

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = LEFT, RIGHT, TOP, BOTTOM

    @property
    def latest(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def path(self) -> str:
        return "M" + "L".join(f"{r.x} {r.y}" for r in self.readings) if len(self.readings) > 1 else ""

    @property
    def newest_first(self) -> list[Reading]:
        return self.readings[::-1]


def decimals_of(value: float) -> int:
    """Return how many decimals a reading was given with, four at most."""
    _whole, _point, rest = f"{value:.4f}".rstrip("0").partition(".")
    return len(rest)


def side_of(value: float, low: float | None, high: float | None) -> str:
    if high is not None and value > high:
        return "up"
    return "down" if low is not None and value < low else ""


def trend(
    points: Iterable[tuple[datetime, float]],
    *,
    label: Words,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    events: Iterable[tuple[datetime, Words]] = (),
    key: str = "",
) -> Trend:
    """Lay out ``(moment, value)`` points in any order; ``low`` and ``high`` are the reference range, in ``unit``."""
    ordered = sorted((at, float(value)) for at, value in points)
    if not ordered:
        return Trend(label, unit, low, high, key=key)
    x, first, last = _time_scale([at for at, _ in ordered])
    y = _value_scale([value for _, value in ordered], low, high)
    decimals = max(decimals_of(value) for _, value in ordered)
    readings = [
        Reading(at, v, side_of(v, low, high), number_format(v, decimals), x(at.timestamp()), y(v))
        for at, v in ordered
    ]
    inside = [Event(at, title, x(at.timestamp())) for at, title in sorted(events) if first <= at <= last]
    y_ticks = [(y(value), value) for value in round_ticks(y.low, y.high)]
    x_ticks = [(x(at.timestamp()), words) for at, words in time_ticks(first, last)]
    return Trend(label, unit, low, high, readings, inside, y_ticks, x_ticks, _band(y, low, high), key)


def _time_scale(moments: Sequence[datetime]) -> tuple[Scale, datetime, datetime]:
    first, last = moments[0], moments[-1]
    if first == last:
        first, last = first - timedelta(days=3), last + timedelta(days=3)
    return Scale(first.timestamp(), last.timestamp(), LEFT + 8, RIGHT - 8), first, last


def _value_scale(values: list[float], low: float | None, high: float | None) -> Scale:
    ends = [end for end in (low, high) if end is not None]
    bottom, top = padded([*values, *ends])
    return Scale(bottom, top, BOTTOM, TOP)


def _band(y: Scale, low: float | None, high: float | None) -> tuple[float, float] | None:
    if low is None and high is None:
        return None
    top = y(high) if high is not None else float(TOP)
    bottom = y(low) if low is not None else float(BOTTOM)
    return top, round(bottom - top, 2)


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
