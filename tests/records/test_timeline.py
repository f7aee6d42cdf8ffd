from datetime import timedelta

from django.urls import reverse

from medapp.records import services
from medapp.records.diffs import changes
from medapp.records.queries import observation_series
from medapp.records.services import Measured
from medapp.records.timeline import timeline
from medapp.records.trends import line_of, trend_of, worth_a_chart
from tests.factories import records
from tests.factories.records import SOME_DAY


def full(patient, owner):
    records.encounter(patient, owner)
    records.condition(patient, owner)
    records.medication(patient, owner)
    records.note(patient, owner)
    for code in ("8867-4", "8480-6", "718-7"):
        records.observation(patient, owner, code=code, value="90")


def test_timeline_when_full_then_every_department_newest_first(owner, patient):
    full(patient, owner)
    entries = timeline(patient, owner)
    assert {entry.kind for entry in entries} >= {
        "encounter",
        "condition",
        "medication",
        "note",
        "vital",
        "lab",
    }
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)


def test_timeline_when_values_come_on_one_day_then_one_entry_a_category(owner, patient):
    full(patient, owner)
    entries = timeline(patient, owner, ["observations"])
    assert sorted(entry.kind for entry in entries) == ["lab", "vital"]


def test_timeline_when_a_value_is_out_of_range_then_named(owner, patient):
    records.observation(patient, owner, value="140")
    assert "140" in timeline(patient, owner, ["observations"])[0].detail


def test_timeline_when_condition_was_entered_in_error_then_absent(owner, patient):
    services.withdraw_condition(condition=records.condition(patient, owner), reason="wrong", by=owner)
    assert timeline(patient, owner, ["conditions"]) == []


def test_timeline_page_when_filtered_then_only_these(client, owner, patient):
    full(patient, owner)
    client.force_login(owner)
    page = client.get(reverse("timeline", args=[patient.pk]), {"kind": "notes"}).content.decode()
    assert "门诊记录" in page
    assert "J18.9" not in page


def test_timeline_page_when_parameters_are_nonsense_then_still_a_page(client, owner, patient):
    client.force_login(owner)
    url = reverse("timeline", args=[patient.pk])
    assert client.get(url, {"kind": "evil", "until": "never"}).status_code == 200


def several(patient, owner, *values: str):
    measured = [
        Measured(code="8867-4", observed_at=SOME_DAY + timedelta(days=n), number=value)
        for n, value in enumerate(values)
    ]
    services.add_observations(patient=patient, measured=measured, by=owner)


def test_trend_when_drawn_then_has_range_and_side(owner, patient):
    several(patient, owner, 70, 130)
    trend = trend_of(observation_series(patient)[0])
    assert (trend.low, trend.high, [reading.side for reading in trend.readings]) == (60, 100, ["", "up"])


def test_line_when_shown_then_the_latest_value_counts(owner, patient):
    several(patient, owner, 70, 80)
    line = line_of(observation_series(patient)[0])
    assert (line.values, line.latest.value_number) == ([70.0, 80.0], 80)


def test_worth_a_chart_when_measured_once_then_not_drawn(owner, patient):
    several(patient, owner, 70)
    assert worth_a_chart(observation_series(patient)) == []


def test_changes_when_one_character_differs_then_that_one_is_marked():
    lines = changes("左肺湿啰音\n无发热", "右肺湿啰音\n无发热")
    pieces = [(piece.kind, piece.text) for line in lines for piece in line.pieces]
    assert pieces == [
        ("removed", "左"),
        ("same", "肺湿啰音"),
        ("added", "右"),
        ("same", "肺湿啰音"),
        ("same", "无发热"),
    ]


def test_changes_when_far_lines_are_the_same_then_left_out():
    before = "\n".join(str(n) for n in range(40))
    lines = changes(before, before + "\nend")
    assert [line.kind for line in lines] == ["gap", "same", "same", "added"]


def test_changes_when_nothing_changed_then_only_a_gap():
    assert [line.kind for line in changes("a\nb", "a\nb")] == ["gap"]
