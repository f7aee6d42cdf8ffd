"""One test for each way in which a job can end."""

import pytest
from django.utils import timezone, translation

from medapp.errors import InvalidInputError, UnavailableError
from medapp.jobs.errors import LeaseLost
from medapp.jobs.models import Job, Status
from medapp.jobs.runner import run_kind
from medapp.jobs.services import cancel_job
from tests.jobs.kinds import enqueue, raising, saving, yielding

pytestmark = pytest.mark.django_db


def work(limit=1) -> int:
    return run_kind("test.kind", "worker@test:0", limit)


def fresh(job) -> Job:
    return Job.objects.get(id=job.id)


def test_success_stores_the_result(kinds):
    kinds(saving({"scored": 3}))
    job = enqueue()
    work()
    job = fresh(job)
    assert (job.status, job.result, job.attempts) == (Status.DONE, {"scored": 3}, 0)
    assert job.finished_at is not None


def test_retriable_error_waits_for_the_next_attempt(kinds):
    kinds(yielding(UnavailableError(part="chat")), retry_seconds=(7,))
    job = enqueue()
    work()
    job = fresh(job)
    assert (job.status, job.attempts, job.failure_code) == (Status.WAITING, 1, "unavailable")
    assert 5 < (job.run_after - timezone.now()).total_seconds() <= 7


def test_last_retry_parks_with_a_reason_in_both_languages(kinds):
    kinds(yielding(UnavailableError(part="chat")), retry_seconds=(0,))
    job = enqueue()
    assert [work(), work(), work(), work()] == [1, 1, 1, 0]
    job = fresh(job)
    assert (job.status, job.attempts) == (Status.PARKED, 3)
    with translation.override("en"):
        assert job.failure_reason == "A part of the system is away at the moment: chat"
        assert job.failure_advice.startswith("Nothing is lost.")


def test_permanent_error_parks_at_once(kinds):
    kinds(raising(InvalidInputError(reason="empty")))
    job = enqueue()
    work()
    job = fresh(job)
    assert (job.status, job.attempts, job.failure_code) == (Status.PARKED, 1, "invalid-input")


def test_unexpected_error_is_retried_then_parked_without_its_message(kinds, caplog):
    kinds(raising(RuntimeError("patient Zhang San")), retry_seconds=(0,))
    job = enqueue()
    assert [work(), work(), work()] == [1, 1, 1]
    job = fresh(job)
    assert (job.status, job.failure_code) == (Status.PARKED, "unexpected-error")
    assert "Zhang" not in str(job.failure_words) + caplog.text
    assert "RuntimeError" in caplog.text


def test_cancelling_waiting_work_ends_it(kinds):
    kinds(saving())
    job = enqueue()
    cancel_job(job=job, by=None)
    assert work() == 0
    assert fresh(job).status == Status.CANCELLED


def test_cancelling_running_work_stops_it_at_the_next_beat(kinds):
    def run(claims):
        cancel_job(job=claims[0].job, by=None)
        claims[0]._beaten_at = 0
        claims[0].beat()
        raise AssertionError("went on after the cancellation")
        yield

    kinds(run)
    job = enqueue()
    work()
    assert fresh(job).status == Status.CANCELLED


def test_a_result_that_comes_after_the_cancellation_is_dropped(kinds):
    def run(claims):
        cancel_job(job=claims[0].job, by=None)
        yield claims[0], lambda: {"too": "late"}

    kinds(run)
    job = enqueue()
    work()
    assert (fresh(job).status, fresh(job).result) == (Status.CANCELLED, None)


def test_a_worker_that_lost_its_lease_saves_nothing(kinds):
    saved = []

    def run(claims):
        Job.objects.update(fence=claims[0].fence + 1, leased_by="another@test:1")
        yield claims[0], lambda: saved.append(1)

    kinds(run)
    job = enqueue()
    work()
    assert saved == []
    assert (fresh(job).status, fresh(job).leased_by) == (Status.RUNNING, "another@test:1")


def test_beat_raises_when_the_lease_was_lost(kinds):
    seen = []

    def run(claims):
        Job.objects.update(fence=claims[0].fence + 1)
        claims[0]._beaten_at = 0
        try:
            claims[0].beat()
        except LeaseLost:
            seen.append("lost")
            raise
        yield

    kinds(run)
    enqueue()
    work()
    assert seen == ["lost"]


def test_stopping_the_worker_releases_the_job_without_counting_an_attempt(kinds):
    kinds(raising(KeyboardInterrupt()))
    job = enqueue()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert (fresh(job).status, fresh(job).attempts) == (Status.WAITING, 0)


def test_a_save_that_fails_leaves_nothing_behind_and_counts_as_an_attempt(kinds):
    def save():
        Job.objects.update(progress_note="half")
        raise ValueError("no room")

    def run(claims):
        yield claims[0], save

    kinds(run, retry_seconds=(60,))
    job = enqueue()
    work()
    job = fresh(job)
    assert (job.status, job.attempts, job.progress_note) == (Status.WAITING, 1, "")


def test_a_run_that_forgets_a_claim_fails_it(kinds):
    kinds(lambda claims: iter(()), retry_seconds=(60,))
    job = enqueue()
    work()
    assert (fresh(job).failure_code, fresh(job).attempts) == ("unexpected-error", 1)
