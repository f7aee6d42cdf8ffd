import time

import pytest
from django.db import connection, transaction

from medapp import plugs
from medapp.celery import app
from medapp.jobs import bell as bell_module
from medapp.jobs import health, workers
from medapp.jobs.beat import PlugScheduler
from medapp.jobs.models import Job
from medapp.jobs.tasks import ring, sweep
from tests.jobs.kinds import enqueue, saving

UNROUTABLE = "redis://192.0.2.1:6379/0"  # RFC 5737: nobody answers there


@pytest.fixture
def bell(settings, monkeypatch):
    """A bell that really rings, at a broker that is away."""

    def at(url):
        settings.CELERY_BROKER_URL = url
        bell_module._producers.cache_clear()
        return bell_module.Bell()

    yield at
    bell_module._producers.cache_clear()


@pytest.mark.parametrize("url", [UNROUTABLE, "redis+socket:///nowhere/valkey.sock", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_costs_less_than_a_third_of_a_second(kinds, bell, url):
    plan = kinds(saving())
    begun = time.monotonic()
    assert bell(url).ring(plan) is False
    assert time.monotonic() - begun < 0.3


def test_after_a_failure_the_bell_is_quiet_for_a_while(kinds, bell):
    one = bell("redis+socket:///nowhere/valkey.sock")
    plan = kinds(saving())
    assert one.ring(plan) is False
    begun = time.monotonic()
    assert [one.ring(plan) for _ in range(100)] == [False] * 100
    assert time.monotonic() - begun < 0.05


def enqueue_and_roll_back() -> None:
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        enqueue(1)
        raise ValueError("no")


@pytest.mark.django_db
def test_no_bell_rings_for_what_was_rolled_back(kinds, rings, django_capture_on_commit_callbacks):
    kinds(saving())
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_and_roll_back()
    assert (rings, connection.run_on_commit) == ([], [])


@pytest.mark.django_db
def test_a_bell_makes_the_worker_do_what_waits(kinds, rings):
    kinds(saving())
    enqueue(1), enqueue(2)
    assert (ring("test.kind"), ring("test.kind")) == (2, 0)


@pytest.mark.django_db
def test_a_bell_for_an_unknown_kind_is_ignored():
    assert ring("from.a.newer.version") == 0


@pytest.mark.django_db
def test_the_sweep_rings_for_what_waits_and_for_nothing_else(kinds, rings):
    kinds(saving(), batch_size=2)
    kinds(saving(), kind="test.idle")
    for n in range(5):
        enqueue(n)
    sweep()
    assert rings == [("test.kind", 3)]


@pytest.mark.django_db
def test_health_names_the_queue_without_a_worker(kinds):
    kinds(saving(), queue="chat")
    assert "chat" in str(health.workers_are_up().message)
    workers.Heartbeat("w", ["chat"]).write()
    assert "chat" not in str(health.workers_are_up().message)


@pytest.mark.django_db
def test_health_counts_parked_jobs(kinds):
    kinds(saving())
    job = enqueue()
    assert health.nothing_is_parked().status == "ok"
    Job.objects.filter(id=job.id).update(status="parked", failure_code="x", finished_at=job.created_at)
    assert health.nothing_is_parked().status == "warn"


def test_health_tells_that_the_broker_is_away(settings):
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    assert health.broker_answers().status == "warn"


def test_beat_reads_its_timetable_from_the_plugs(tmp_path):
    scheduler = PlugScheduler(app, schedule_filename=str(tmp_path / "beat"))
    try:
        assert scheduler.schedule["jobs.sweep"].task == "medapp.jobs.sweep"
        assert {task.name for task in plugs.periodic_tasks} <= set(scheduler.schedule)
    finally:
        scheduler.close()
