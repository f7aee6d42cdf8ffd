"""A trend of one laboratory value or vital sign: readings, reference band, arrows outside it, event ticks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import number_format

from medapp.errors import Words
from medapp.ui.charts.scale import Scale, padded, round_ticks, time_ticks

AIR = 8  # units between the frame's sides and the first and last reading


@dataclass(frozen=True)
class Frame:
    """The drawing area in SVG units; words keep their size, so a narrow place needs a narrow frame."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ticks: int
    edge: int  # half of a label, which would hang over the side

    @property
    def inner(self) -> int:
        return self.right - self.left


WIDE = Frame(width=560, height=176, left=44, right=548, top=14, bottom=150, ticks=5, edge=44)
NARROW = Frame(width=300, height=140, left=36, right=292, top=12, bottom=116, ticks=5, edge=26)


@dataclass(frozen=True)
class Reading:
    at: datetime
    value: float
    side: str  # "up" or "down" outside the reference range
    text: str  # with as many decimals as the most exact reading of the series
    x: float
    y: float

    @property
    def arrow(self) -> str:
        """A triangle around the point, its tip where the value left the range."""
        up = -1 if self.side == "up" else 1
        return f"M{self.x - 4.5} {self.y - up * 3}h9L{self.x} {self.y + up * 5}z"


@dataclass(frozen=True)
class Event:
    at: datetime
    title: Words
    x: float


@dataclass(frozen=True)
class Trend:
    label: Words
    unit: str
    low: float | None
    high: float | None
    frame: Frame = WIDE
    readings: Sequence[Reading] = ()
    events: Sequence[Event] = ()
    y_ticks: Sequence[tuple[float, float]] = ()  # (y, value)
    x_ticks: Sequence[tuple[float, str, str]] = ()  # (x, words, text-anchor)
    band: tuple[float, float] | None = None  # (top y, height)
    key: str = ""

    @property
    def latest(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def path(self) -> str:
        return "M" + "L".join(f"{r.x} {r.y}" for r in self.readings) if len(self.readings) > 1 else ""

    @property
    def newest_first(self) -> Sequence[Reading]:
        return self.readings[::-1]

    @property
    def narrow(self) -> "Trend":
        """The same trend laid out for a place half as wide."""
        return trend(
            [(r.at, r.value) for r in self.readings],
            label=self.label,
            unit=self.unit,
            low=self.low,
            high=self.high,
            events=[(event.at, event.title) for event in self.events],
            key=self.key,
            frame=NARROW,
        )


def trend(
    points: Iterable[tuple[datetime, float]],
    *,
    label: Words,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    events: Iterable[tuple[datetime, Words]] = (),
    key: str = "",
    frame: Frame = WIDE,
) -> Trend:
    """Lay out ``(moment, value)`` points in any order; ``low`` and ``high`` are the reference range, in ``unit``."""
    ordered = sorted((at, float(value)) for at, value in points)
    if not ordered:
        return Trend(label, unit, low, high, frame, key=key)
    x, first, last = _time_scale([at for at, _ in ordered], frame)
    y = _value_scale([value for _, value in ordered], low, high, frame)
    return Trend(
        label,
        unit,
        low,
        high,
        frame,
        readings=_readings(ordered, x, y, (low, high)),
        events=[Event(at, title, x(at.timestamp())) for at, title in sorted(events) if first <= at <= last],
        y_ticks=[(y(value), value) for value in round_ticks(y.low, y.high)],
        x_ticks=_x_ticks(x, first, last, frame),
        band=_band(y, low, high, frame),
        key=key,
    )


def side_of(value: float, low: float | None, high: float | None) -> str:
    if high is not None and value > high:
        return "up"
    return "down" if low is not None and value < low else ""


def decimals_of(value: float) -> int:
    """Return how many decimals a reading was given with, four at most."""
    _whole, _point, rest = f"{value:.4f}".rstrip("0").partition(".")
    return len(rest)


def _readings(
    ordered: list[tuple[datetime, float]], x: Scale, y: Scale, reference: tuple[float | None, float | None]
) -> list[Reading]:
    decimals = max(decimals_of(value) for _, value in ordered)
    return [
        Reading(
            at,
            value,
            side_of(value, *reference),
            number_format(round(value, decimals), decimals),
            x(at.timestamp()),
            y(value),
        )
        for at, value in ordered
    ]


def _x_ticks(x: Scale, first: datetime, last: datetime, frame: Frame) -> list[tuple[float, str, str]]:
    def anchor(place: float) -> str:
        if place < frame.edge:  # the scale of values leaves room on the left
            return "start"
        return "end" if place > frame.right - frame.edge else "middle"

    placed = [
        (x(at.timestamp()), words)
        for at, words in time_ticks(first, last, frame.ticks, is_short=frame is NARROW)
    ]
    return [(place, words, anchor(place)) for place, words in placed]


def _time_scale(moments: Sequence[datetime], frame: Frame) -> tuple[Scale, datetime, datetime]:
    first, last = moments[0], moments[-1]
    if first == last:
        first, last = first - timedelta(days=3), last + timedelta(days=3)
    return Scale(first.timestamp(), last.timestamp(), frame.left + AIR, frame.right - AIR), first, last


def _value_scale(values: list[float], low: float | None, high: float | None, frame: Frame) -> Scale:
    ends = [end for end in (low, high) if end is not None]
    bottom, top = padded([*values, *ends])
    return Scale(bottom, top, frame.bottom, frame.top)


def _band(y: Scale, low: float | None, high: float | None, frame: Frame) -> tuple[float, float] | None:
    if low is None and high is None:
        return None
    top = y(high) if high is not None else float(frame.top)
    bottom = y(low) if low is not None else float(frame.bottom)
    return top, round(bottom - top, 2)
