"""A patient's measurements as the interface draws them: whole trends, and one line a measure."""

from dataclasses import dataclass

from medapp.records.models import Observation
from medapp.records.presenters import observation_name, unit_words
from medapp.records.queries import Series
from medapp.ui import charts

MOST_POINTS = 200
SPARK_POINTS = 24


@dataclass(frozen=True)
class MeasureLine:
    """A row of the overview: the latest value and where it comes from."""

    name: str
    unit: str
    latest: Observation
    values: list[float]

    @property
    def low(self) -> float | None:
        return _float(self.latest.reference_low)

    @property
    def high(self) -> float | None:
        return _float(self.latest.reference_high)


def trend_of(series: Series) -> charts.Trend:
    """Return the drawing of a series, with the reference range that came with its latest value."""
    numbers = [row for row in series.observations if row.value_number is not None][-MOST_POINTS:]
    last = numbers[-1] if numbers else series.latest
    return charts.trend(
        [(row.observed_at, float(row.value_number or 0)) for row in numbers],
        label=observation_name(last),
        unit=unit_words(last.unit),
        low=_float(last.reference_low),
        high=_float(last.reference_high),
        key=series.code,
    )


def line_of(series: Series) -> MeasureLine:
    latest = series.latest
    values = [float(row.value_number) for row in series.observations if row.value_number is not None]
    return MeasureLine(observation_name(latest), unit_words(latest.unit), latest, values[-SPARK_POINTS:])


def worth_a_chart(series: list[Series], most: int = 4) -> list[Series]:
    """Return the series to draw on the overview: out of range first, then the longest; a single value is no trend."""
    drawable = [s for s in series if sum(row.value_number is not None for row in s.observations) > 1]
    return sorted(drawable, key=lambda s: (not s.latest.flag, -len(s.observations)))[:most]


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
