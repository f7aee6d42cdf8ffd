from datetime import timedelta

import pytest
from django.db import connection

from medapp.accounts.actions import Action
from medapp.accounts.services import open_break_glass
from medapp.audit.models import Event
from medapp.audit.services import record
from medapp.records.accountability.presenters import REPEATED_WITHIN, Desk, type_words
from medapp.records.accountability.words import ACTIONS, basis_words

pytestmark = pytest.mark.django_db


def newest_first() -> list[Event]:
    return list(Event.objects.order_by("-sequence"))


def test_repeated_reads_are_one_row_and_none_is_lost(trail):
    groups = Desk(newest_first()).groups()

    shown = [(group.latest.event.action, group.latest.event.outcome, group.count) for group in groups]
    assert shown == [
        ("chart.read", "refused", 1),
        ("suggestion.decide", "done", 1),
        ("image.read", "allowed", 1),
        ("chart.read", "allowed", 3),
    ]
    assert sum(group.count for group in groups) == len(trail)


def test_reads_half_an_hour_apart_stay_apart(trail):
    events = newest_first()
    events[-1].at -= REPEATED_WITHIN + timedelta(seconds=1)

    assert [group.count for group in Desk(events).groups()] == [1, 1, 1, 2, 1]


def test_refusals_and_reads_with_a_reason_are_never_drawn_together(doctor, patient):
    for _ in range(2):
        record(action="chart.read", by=doctor, patient_id=patient.pk, outcome="refused")
        record(
            action="chart.read", by=doctor, patient_id=patient.pk, outcome="allowed", reason="asked by phone"
        )

    assert [group.count for group in Desk(newest_first()).groups()] == [1, 1, 1, 1]


def test_read_under_break_glass_shows_the_reason_given(doctor, patient):
    glass = open_break_glass(by=doctor, patient=patient, reason="unconscious in the emergency room")
    record(
        action="chart.read",
        by=doctor,
        patient_id=patient.pk,
        outcome="allowed",
        detail={"basis": "break-glass"},
    )

    entry = Desk(newest_first()).entries()[0]

    assert entry.glass == glass
    assert "unconscious in the emergency room" in " ".join(entry.why)


def test_damaged_reason_does_not_take_the_page_with_it(doctor, patient):
    open_break_glass(by=doctor, patient=patient, reason="unconscious")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_breakglass SET reason = 'v1.k1.AAAA'")
    record(
        action="chart.read",
        by=doctor,
        patient_id=patient.pk,
        outcome="allowed",
        detail={"basis": "break-glass"},
    )

    assert "The reason cannot be read." in Desk(newest_first()).entries()[0].why


def test_every_action_has_a_name():
    silent = {Action.PUBLIC, Action.API_DOCS, Action.API_KEY}

    assert set(Action) - set(ACTIONS) == silent


def test_form_that_was_only_opened_is_not_called_a_change(doctor, patient):
    record(action=Action.BREAK_GLASS_REVIEW, by=doctor, patient_id=patient.pk, outcome="allowed")
    record(action=Action.BREAK_GLASS_REVIEW, by=doctor, patient_id=patient.pk)

    entries = Desk(newest_first()).entries()

    assert [entry.what for entry in entries] == [
        "Break-glass access reviewed",
        "Only the form was opened: Break-glass access reviewed",
    ]


def test_words_are_found_or_the_code_speaks():
    assert basis_words("care-team") == "Member of the patient’s care team."
    assert basis_words("initials") == "Found by initials."
    assert basis_words("unheard-of") == "unheard-of"
    assert type_words("records.patient") == "patient"
    assert type_words("unheard.of") == "unheard.of"
