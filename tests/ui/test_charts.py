from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from medapp.ui import charts
from medapp.ui.charts.scale import Scale, round_ticks, time_ticks

START = datetime(2025, 1, 15, tzinfo=UTC)


def readings(*values: float, days: int = 30) -> list[tuple[datetime, float]]:
    return [(START + timedelta(days=n * days), value) for n, value in enumerate(values)]


def test_a_scale_maps_its_ends_to_its_ends() -> None:
    scale = Scale(0, 10, 100, 0)

    assert [scale(0), scale(5), scale(10)] == [100, 50, 0]


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0, 10, [0, 5, 10]), (3.1, 6.2, [4, 5, 6]), (-0.05, 0.4, [0, 0.2, 0.4])]
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert round_ticks(low, high, 4) == pytest.approx(expected)


@pytest.mark.parametrize("days", [0.2, 1.5, 5, 40, 200, 4000])
def test_time_ticks_are_few_and_in_order(days: float) -> None:
    ticks = [at for at, _label in time_ticks(START, START + timedelta(days=days))]

    assert 1 <= len(ticks) <= 6
    assert ticks == sorted(ticks)


def test_a_trend_marks_what_leaves_the_band_and_keeps_it_inside_the_frame() -> None:
    trend = charts.trend(readings(4.1, 5.9, 3.0), label="K", unit="mmol/L", low=3.5, high=5.3)

    assert [reading.side for reading in trend.readings] == ["", "up", "down"]
    assert all(trend.frame.top <= reading.y <= trend.frame.bottom for reading in trend.readings)
    assert trend.readings[1].y < trend.readings[0].y < trend.readings[2].y


def test_a_trend_shows_each_reading_with_the_decimals_of_the_most_exact() -> None:
    with translation.override("en"):
        trend = charts.trend(readings(4, 4.1), label="K")

    assert [reading.text for reading in trend.readings] == ["4.0", "4.1"]


def test_a_trend_sorts_its_readings_and_drops_events_outside() -> None:
    outside = START - timedelta(days=90)
    trend = charts.trend(
        reversed(readings(1, 2, 3)),
        label="x",
        events=[(outside, "before"), (START + timedelta(days=3), "dose")],
    )

    assert [reading.value for reading in trend.readings] == [1, 2, 3]
    assert [event.title for event in trend.events] == ["dose"]


@pytest.mark.parametrize("values", [[], [7.0], [7.0, 7.0]])
def test_a_trend_of_few_or_equal_readings_has_a_shape(values: list[float]) -> None:
    trend = charts.trend(readings(*values), label="x")

    assert len(trend.readings) == len(values)


def test_a_band_open_at_one_end_reaches_the_frame() -> None:
    trend = charts.trend(readings(3, 88), label="CRP", high=5)

    assert trend.band is not None
    assert sum(trend.band) == trend.frame.bottom


def test_a_narrow_trend_shows_the_same_readings_in_less_room() -> None:
    trend = charts.trend(readings(4, 5, 6), label="K", low=3.5, high=5.3)

    assert [r.text for r in trend.narrow.readings] == [r.text for r in trend.readings]
    assert all(reading.x <= trend.narrow.frame.right for reading in trend.narrow.readings)
    assert len(trend.narrow.x_ticks) <= 5


def test_a_sparkline_marks_a_last_value_out_of_range() -> None:
    assert charts.sparkline([]) is None
    line = charts.sparkline([4, 5, 6], 3.5, 5.3)
    assert line is not None and line.is_out


def test_reliability_leaves_out_empty_bins() -> None:
    bins = [{"predicted": 0.1, "observed": 0.2, "n": 10}, {"predicted": 0.5, "observed": 0, "n": 0}]

    assert len(charts.reliability(bins, ece=0.1).dots) == 1


def test_a_roc_curve_runs_from_corner_to_corner() -> None:
    plot = charts.roc([(0, 0), (0.1, 0.9), (1, 1)], auroc=0.95, operating_point=(0.1, 0.9))

    assert plot.lines[1][1].startswith(f"M{plot.left} {plot.bottom}".replace(".0", "")[:2])
    assert plot.dots[0].css == "operating"


def test_a_decision_curve_keeps_treat_all_inside_the_frame() -> None:
    plot = charts.decision_curve([(0.1, 0.3), (0.5, 0.2)], [(0.1, 0.3), (0.9, -5.0)])

    assert len(plot.lines) == 3
