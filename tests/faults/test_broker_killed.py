"""The broker dies, rings five times, or was never there: rows are done once all the same."""

import time

import pytest

from medapp import plugs
from medapp.jobs import bell as bell_module
from medapp.jobs.models import Job, Status
from medapp.jobs.services import JobSpec, cancel_job, enqueue_job, enqueue_jobs
from medapp.jobs.tasks import sweep
from tests.faults.clinic import eventually, statuses
from tests.faults.kinds import begun, gate

pytestmark = pytest.mark.faults


def enqueue(count, kind="faults.work", **payload) -> list[Job]:
    specs = [JobSpec({"n": n, **payload}, f"{kind}:{n}") for n in range(count)]
    return enqueue_jobs(kind=kind, specs=specs, by=None).jobs


def processes(jobs) -> set[str]:
    return {begun(job.id).read_text().split()[1] for job in jobs if begun(job.id).exists()}


def all_done(count) -> bool:
    return statuses() == {Status.DONE: count}


def test_a_broker_killed_with_fifty_queued_jobs_loses_none_and_doubles_none(clinic, saves):
    clinic.start_broker()
    clinic.start_worker()
    jobs = enqueue(50, gate="g")
    eventually(begun(jobs[0].id).exists)
    clinic.kill_broker()
    gate("g").touch()
    clinic.start_broker()
    eventually(lambda: sweep() == 0 and all_done(50), "fifty jobs after the broker's return")
    assert [saves(job) for job in jobs] == [1] * 50


def test_jobs_enqueued_while_the_broker_is_away_are_done_after_its_return(clinic, saves):
    clinic.start_broker()
    clinic.start_worker()
    clinic.kill_broker()
    begun_at = time.monotonic()
    jobs = [
        enqueue_job(kind="faults.work", payload={"n": n}, by=None, idempotency_key=str(n)) for n in range(5)
    ]
    assert time.monotonic() - begun_at < 0.3
    clinic.start_broker()
    eventually(lambda: sweep() == 0 and all_done(5), "the sweep to ring the worker")
    assert [saves(job) for job in jobs] == [1] * 5


def test_a_message_delivered_five_times_does_the_work_once(clinic, saves):
    clinic.start_broker()
    (job,) = enqueue(1)
    for _delivery in range(5):
        assert bell_module.bell.ring(plugs.job_kinds.get("faults.work"))
    clinic.start_worker()
    eventually(lambda: all_done(1))
    assert (saves(job), len(begun(job.id).read_text().splitlines())) == (1, 1)


def test_two_workers_racing_share_the_work_and_double_nothing(clinic, saves):
    clinic.start_broker()
    clinic.start_worker()
    clinic.start_worker()
    jobs = enqueue(60, kind="faults.batch", gate="g")
    eventually(lambda: len(processes(jobs)) == 2, "both workers to hold a batch")
    gate("g").touch()
    eventually(lambda: all_done(60))
    assert [saves(job) for job in jobs] == [1] * 60


def test_cancelling_reaches_a_job_that_runs_in_another_process(clinic, saves):
    clinic.start_broker()
    clinic.start_worker()
    (job,) = enqueue(1, gate="never")
    eventually(begun(job.id).exists)
    cancel_job(job=job, by=None)
    eventually(lambda: statuses() == {Status.CANCELLED: 1}, "the job to be cancelled")
    assert saves(job) == 0
