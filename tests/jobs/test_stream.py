import json
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone

from medapp.jobs.changes import JobChanges
from medapp.jobs.models import Job
from medapp.jobs.services import BACKGROUND, cancel_job
from medapp.jobs.stream import StreamEvent, encode, event_stream, last_event_id, stream_response
from tests.jobs.kinds import enqueue, saving
from tests.jobs.people import person

# A stream's threads look after their connections even where the fetch asks no database.
pytestmark = pytest.mark.django_db


def rounds(*answers):
    """A fetch that gives the answers in turn, then nothing; it notes the ids it was asked with."""
    asked, left = [], list(answers)

    def fetch(last_id):
        asked.append(last_id)
        return left.pop(0) if left else []

    fetch.asked = asked
    return fetch


async def collect(fetch, **settings) -> list[str]:
    stream = event_stream(fetch, interval=0, **settings)
    return [chunk.decode() async for chunk in stream]


async def test_events_carry_their_id_and_move_the_cursor():
    fetch = rounds([StreamEvent("7", {"a": "中"}, "delta")], [])
    chunks = await collect(fetch, last_id="3", is_over=lambda: True)
    assert chunks[1:] == ['id: 7\nevent: delta\ndata: {"a":"中"}\n\n']
    assert fetch.asked == ["3", "7"]


async def test_a_stream_goes_on_until_it_is_over_and_nothing_is_left():
    fetch = rounds([StreamEvent("1", {})], [StreamEvent("2", {})])
    assert len(await collect(fetch, is_over=lambda: True)) == 3


async def test_a_silent_stream_shows_that_it_lives():
    chunks = await collect(rounds(), heartbeat=0, life=0.01)
    assert ": still here\n\n" in chunks


async def test_a_stream_ends_after_its_life():
    assert len(await collect(rounds(), life=0)) == 1


def test_a_line_break_in_the_data_cannot_forge_an_event():
    assert encode(StreamEvent("1", {"text": "a\n\nevent: x"})).count(b"\n\n") == 1


async def test_no_proxy_may_hold_the_response_back():
    response = stream_response(event_stream(rounds()))
    assert response["Content-Type"].startswith("text/event-stream")
    assert (response["X-Accel-Buffering"], "no-cache" in response["Cache-Control"]) == ("no", True)


def test_the_cursor_comes_from_the_browser_or_from_the_address(rf):
    assert last_event_id(rf.get("/x", headers={"Last-Event-ID": "5"})) == "5"
    assert last_event_id(rf.get("/x?last_id=6")) == "6"


class TestJobChanges:
    def test_a_page_first_hears_what_runs(self, kinds):
        kinds(saving(), label="Read")
        user = person("u")
        job = enqueue(by=user)
        enqueue(2, by=person("other"))
        (event,) = JobChanges(user, "en")("")
        expected = {"id": str(job.id), "label": "Read", "status": "waiting", "failure": ""}
        assert expected.items() <= event.data.items()

    def test_then_only_what_changed(self, kinds):
        kinds(saving())
        user = person("u")
        job = enqueue(by=user)
        changes = JobChanges(user, "en")
        last_id = changes("")[-1].id
        assert changes(last_id) == []
        cancel_job(job=job, by=user)
        assert [event.data["status"] for event in changes(last_id)] == ["cancelled"]

    def test_a_reconnection_hears_what_it_missed(self, kinds):
        kinds(saving())
        user = person("u")
        last_id = JobChanges(user, "en")("")[-1].id
        job = enqueue(by=user)
        Job.objects.filter(id=job.id).update(changed_at=timezone.now() + timedelta(seconds=1))
        assert [event.data["id"] for event in JobChanges(user, "en")(last_id)] == [str(job.id)]

    def test_a_batch_is_told_as_one(self, kinds):
        kinds(saving(), label="Score")
        user, group = person("u"), uuid4()
        for n in range(3):
            enqueue(n, by=user, group=group, priority=BACKGROUND)
        (event,) = JobChanges(user, "en")("")
        assert (event.data["id"], event.data["done"], event.data["total"]) == (str(group), 0, 3)

    def test_nonsense_for_a_cursor_starts_anew(self, kinds):
        assert JobChanges(person("u"), "en")("'; drop")[0].event == "start"


@pytest.mark.django_db(transaction=True)
async def test_the_page_streams_the_users_jobs(kinds, async_client):
    kinds(saving(), label="Read")
    user = await sync_to_async(person)("u")
    await sync_to_async(enqueue)(by=user)
    await async_client.aforce_login(user)
    response = await async_client.get("/jobs/events")
    stream = aiter(response.streaming_content)
    chunks = [await anext(stream), await anext(stream)]
    await stream.aclose()
    await sync_to_async(connections.close_all)()  # of the thread that made the rows
    data = chunks[1].decode().partition("data: ")[2]
    assert json.loads(data)["label"] == "Read"
