"""A measurement over time as geometry for an SVG: coordinates in units of the view box, no colours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10

from django.utils import formats, timezone

from medapp.records.models import Observation
from medapp.records.presenters import number_words, observation_name, unit_words
from medapp.records.queries import Series

WIDTH, HEIGHT = 560, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 10, 22
MOST_POINTS = 120
Y_STEPS = 4


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    flag: str
    words: str


@dataclass(frozen=True)
class Tick:
    at: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Band:
    """The reference range as it was with the latest value."""

    y: float
    height: float


@dataclass(frozen=True)
class Trend:
    name: str
    unit: str
    code: str
    points: list[Point]
    band: Band | None
    ticks_x: list[Tick]
    ticks_y: list[Tick]
    rows: list[Observation]  # newest first, as the table beside the drawing shows them
    latest: Observation
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM

    @property
    def line(self) -> str:
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def trend(series: Series) -> Trend:
    """Return the drawing of a series; results in words appear in its table only."""
    numbers = [row for row in series.observations if row.value_number is not None][-MOST_POINTS:]
    latest = series.latest
    common = {"name": observation_name(latest), "unit": unit_words(latest.unit), "code": series.code}
    rows = list(reversed(series.observations))
    if not numbers:
        return Trend(**common, points=[], band=None, ticks_x=[], ticks_y=[], rows=rows, latest=latest)
    low, high = value_limits(numbers)
    x, y = _time_scale(numbers), _value_scale(low, high)
    return Trend(
        **common,
        points=[_point(row, x, y) for row in numbers],
        band=_band(numbers[-1], y, low, high),
        ticks_x=_ticks_x(numbers, x),
        ticks_y=[Tick(round(y(value), 1), f"{value:g}", "end") for value in round_steps(low, high)],
        rows=rows,
        latest=latest,
    )


def value_limits(rows: list[Observation]) -> tuple[float, float]:
    """Return the ends of the value axis: all values and the reference range, with a little air."""
    last = rows[-1]
    seen = [float(row.value_number or 0) for row in rows]
    seen += [float(bound) for bound in (last.reference_low, last.reference_high) if bound is not None]
    low, high = min(seen), max(seen)
    air = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return (max(0.0, low - air) if low >= 0 else low - air), high + air


def round_steps(low: float, high: float) -> list[float]:
    """Return three to six round numbers between ``low`` and ``high``."""
    raw = (high - low) / Y_STEPS
    size = 10 ** floor(log10(raw))
    step = next(factor * size for factor in (1, 2, 5, 10) if factor * size >= raw)
    first = -(-low // step)
    return [round(step * (first + i), 10) for i in range(8) if step * (first + i) <= high]


def _time_scale(rows: list[Observation]) -> Callable[[datetime], float]:
    first, last = rows[0].observed_at, rows[-1].observed_at
    span = (last - first).total_seconds()

    def place(moment: datetime) -> float:
        share = (moment - first).total_seconds() / span if span else 0.5
        return LEFT + 6 + share * (WIDTH - LEFT - RIGHT - 12)

    return place


def _value_scale(low: float, high: float) -> Callable[[float], float]:
    def place(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    return place


def _point(row: Observation, x: Callable[[datetime], float], y: Callable[[float], float]) -> Point:
    when = formats.date_format(timezone.localtime(row.observed_at), "SHORT_DATETIME_FORMAT")
    words = f"{when}: {number_words(row.value_number)} {unit_words(row.unit)}"
    return Point(round(x(row.observed_at), 1), round(y(float(row.value_number or 0)), 1), row.flag, words)


def _band(last: Observation, y: Callable[[float], float], low: float, high: float) -> Band | None:
    if last.reference_low is None and last.reference_high is None:
        return None
    top = y(min(high, float(last.reference_high)) if last.reference_high is not None else high)
    bottom = y(max(low, float(last.reference_low)) if last.reference_low is not None else low)
    return Band(round(top, 1), round(max(0.0, bottom - top), 1))


def _ticks_x(rows: list[Observation], x: Callable[[datetime], float]) -> list[Tick]:
    first, last = rows[0].observed_at, rows[-1].observed_at
    if timezone.localdate(first) == timezone.localdate(last):
        return [Tick(round(x(last), 1), _day(last))]
    middle = first + (last - first) / 2
    return [
        Tick(round(x(first), 1), _day(first), "start"),
        Tick(round(x(middle), 1), _day(middle)),
        Tick(round(x(last), 1), _day(last), "end"),
    ]


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
