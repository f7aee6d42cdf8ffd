"""The events of an answer: every delta once, resumed where a reader left off, ended properly."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from consult.models import Delta, Turn
from consult.stream import TurnEvents
from medapp.accounts.models import CareTeamMember
from medapp.jobs.models import Job, Status
from tests.factories import accounts, consult

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn(doctor, patient) -> Turn:
    made = consult.question(doctor, patient=patient)
    Turn.objects.filter(pk=made.pk).update(status="streaming")
    return made


def add(turn: Turn, sequence: int, text: str, is_restart: bool = False) -> None:
    Delta.objects.create(turn=turn, sequence=sequence, text=text, is_restart=is_restart)


def told(events) -> list[tuple[str, str, str]]:
    return [(one.id, one.event, (one.data or {}).get("text", "")) for one in events if one.event != "phase"]


def test_a_new_reader_gets_every_delta_once(turn, doctor):
    add(turn, 1, "Met")
    events = TurnEvents(turn, doctor)
    assert told(events("")) == [("1", "delta", "Met")]
    add(turn, 2, "formin")
    assert told(events("1")) == [("2", "delta", "formin")]
    assert told(events("2")) == []


def test_a_reader_that_comes_back_hears_only_what_it_missed(turn, doctor):
    for number, text in enumerate("abc", start=1):
        add(turn, number, text)
    assert told(TurnEvents(turn, doctor)("2")) == [("3", "delta", "c")]


def test_another_attempt_is_told_as_a_restart(turn, doctor):
    add(turn, 1, "Half")
    add(turn, 2, "", is_restart=True)
    add(turn, 3, "Whole")
    assert told(TurnEvents(turn, doctor)("1")) == [("2", "restart", ""), ("3", "delta", "Whole")]


def test_the_end_comes_after_the_last_delta_and_once(turn, doctor):
    add(turn, 1, "Done")
    Turn.objects.filter(pk=turn.pk).update(status="complete")
    events = TurnEvents(turn, doctor)
    assert told(events("")) == [("1", "delta", "Done"), ("end", "end", "")]
    assert (events("end"), events.is_over) == ([], True)


def test_a_parked_job_ends_the_stream(turn, doctor):
    Job.objects.update(status=Status.PARKED, failure_code="x", finished_at="2026-01-01T00:00Z")
    events = TurnEvents(turn, doctor)
    assert [(one.event, one.data) for one in events("")] == [("end", {"status": "failed"})]


def test_a_reader_who_loses_the_right_is_let_go(turn, doctor):
    clock = iter([0.0, 0.5, 1.5])
    events = TurnEvents(turn, doctor, clock=lambda: next(clock))
    add(turn, 1, "Met")
    events("")
    CareTeamMember.objects.all().delete()
    add(turn, 2, "formin")
    assert told(events("1")) == [("2", "delta", "formin")]
    assert told(events("2")) == [("end", "gone", "")]


def test_the_wait_is_told_in_words(doctor):
    consult.question(doctor)
    turn = consult.question(doctor)
    (event,) = TurnEvents(turn, doctor)("")
    assert (event.event, event.data) == ("phase", {"phase": "queued", "ahead": 1})


def test_a_phase_is_told_once(turn, doctor):
    Job.objects.update(status=Status.RUNNING, leased_by="w", leased_until="2030-01-01T00:00Z")
    events = TurnEvents(turn, doctor)
    assert [event.data for event in events("")] == [{"phase": "reading"}]
    assert events("0") == []


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 40, "'; drop"])
def test_nonsense_for_a_place_breaks_nothing(turn, doctor, nonsense):
    add(turn, 1, "a")
    assert told(TurnEvents(turn, doctor)(nonsense)) in ([("1", "delta", "a")], [])


@pytest.mark.django_db(transaction=True)
async def test_the_stream_of_a_finished_answer_ends(async_client, encoder):
    reader = await sync_to_async(accounts.user)()
    turn = await sync_to_async(consult.question)(reader)
    await sync_to_async(add)(turn, 1, "Done")
    await Turn.objects.filter(pk=turn.pk).aupdate(status="complete")
    await async_client.aforce_login(reader)
    response = await async_client.get(f"/consult/turns/{turn.pk}/stream/")
    chunks = [chunk.decode() async for chunk in response.streaming_content]
    await sync_to_async(connections.close_all)()
    assert json.loads(chunks[1].partition("data: ")[2]) == {"text": "Done"}
    assert chunks[2].startswith("id: end\nevent: end\n")
