import pytest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from medapp.audit.models import Event
from medapp.audit.presenters import describe, register_sentence
from medapp.audit.queries import Filter, all_events, events_for_patient
from medapp.audit.services import record

PATIENT = "7f0d3b3c-6b6f-4d6f-9d5a-4c6d1d3c9b10"


def test_sentence_is_filled_from_the_event():
    register_sentence("test.score", _("%(actor)s scored %(count)s pictures."))

    event = Event(action="test.score", actor_name="Li Na", detail={"count": 3})

    with override("en"):
        assert describe(event) == "Li Na scored 3 pictures."


def test_sentence_of_an_outcome_goes_first():
    register_sentence("test.read", "read")
    register_sentence("test.read", "was refused", outcome="refused")

    assert describe(Event(action="test.read", outcome="refused")) == "was refused"
    assert describe(Event(action="test.read", outcome="allowed")) == "read"


def test_older_event_without_the_place_still_reads():
    register_sentence("test.place", "read %(page)s of %(object)s")

    assert describe(Event(action="test.place", object_type="study")) == "read  of study"


def test_unknown_action_is_named_by_its_code():
    assert "test.unheard" in describe(Event(action="test.unheard", actor_name="Li Na"))


@pytest.mark.django_db
def test_trail_of_a_patient_is_filtered_newest_first():
    for action, outcome in (("image.read", "allowed"), ("image.upload", "done"), ("chart.read", "refused")):
        record(action=action, by=None, patient_id=PATIENT, outcome=outcome)
    record(action="image.read", by=None)

    assert [event.sequence for event in events_for_patient(PATIENT)] == [3, 2, 1]
    assert [event.sequence for event in events_for_patient(PATIENT, Filter(action="image."))] == [2, 1]
    assert [event.sequence for event in events_for_patient(PATIENT, Filter(outcome="refused"))] == [3]
    assert all_events(Filter(action="image.read")).count() == 2
