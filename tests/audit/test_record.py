import math
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import transaction
from django.test import RequestFactory

from medapp.audit.chain import verify
from medapp.audit.hashing import GENESIS
from medapp.audit.models import ChainHead, Event
from medapp.audit.services import record

pytestmark = pytest.mark.django_db
PATIENT = UUID("7f0d3b3c-6b6f-4d6f-9d5a-4c6d1d3c9b10")


class Doctor(SimpleNamespace):
    def __str__(self) -> str:
        return "李娜"


def test_event_says_who_what_when_to_whom_and_why():
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.7")
    request.request_id = "r-1"

    record(
        action="chart.read",
        by=Doctor(pk=5, role="doctor"),
        patient_id=str(PATIENT),
        obj=("records.patient", str(PATIENT)),
        outcome="allowed",
        reason="急诊",
        detail={"basis": "care-team"},
        request=request,
    )

    event = Event.objects.get()
    assert (event.actor_id, event.actor_name, event.actor_role) == ("5", "李娜", "doctor")
    assert (event.action, event.outcome, event.patient_id) == ("chart.read", "allowed", PATIENT)
    assert (event.object_type, event.object_id) == ("records.patient", str(PATIENT))
    assert (event.reason, event.detail) == ("急诊", {"basis": "care-team"})
    assert (event.address, event.request_id) == ("10.0.0.7", "r-1")


def test_reason_is_not_readable_in_the_table():
    record(action="x", by=None, reason="胸痛两小时")

    assert "胸痛" not in str(Event.objects.values().get())


def test_events_are_numbered_without_gaps_and_linked(five_events):
    events = list(Event.objects.all())

    assert [event.sequence for event in events] == [1, 2, 3, 4, 5]
    assert [event.previous_hash for event in events] == [GENESIS, *(event.hash for event in events[:-1])]
    assert ChainHead.objects.get().hash == events[-1].hash


def test_event_goes_with_the_transaction_that_it_reports():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(action="lost", by=None)
        _ = 1 / 0

    record(action="kept", by=None)
    assert list(Event.objects.values_list("sequence", "action")) == [(1, "kept")]
    assert verify() is None


def test_row_is_named_by_its_type_and_key():
    head = ChainHead(pk=1)

    event = record(action="x", by=None, obj=head)

    assert (event.object_type, event.object_id) == ("audit.chainhead", "1")


ODD = [
    {"number": 1.0, "small": 1e-7, "huge": 1e22, "nan": math.nan, "decimal": Decimal("1.50")},
    {"nul": "a\0b", "surrogate": "\ud800", "emoji": "🫀", "quote": '"\\/'},
    {"ids": (PATIENT, None, True), "nested": {"b": 1, "a": {2}}, 7: "key"},
    {"long": "x" * 10_000},
]


@pytest.mark.parametrize("detail", ODD)
def test_odd_details_are_stored_and_still_verify(detail):
    record(action="x", by=Doctor(pk="\0", role="\ud800"), detail=detail)

    assert verify() is None


def test_long_words_are_cut_so_that_no_text_hides_in_details():
    event = record(action="x", by=None, detail={"long": "x" * 10_000})

    assert len(event.detail["long"]) == 200


def test_recording_takes_three_statements_in_one_transaction(django_assert_num_queries):
    record(action="first", by=None)

    with django_assert_num_queries(5):  # savepoint, head, event, head, release
        record(action="second", by=None)
