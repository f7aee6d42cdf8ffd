from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from medapp.audit.models import Event
from medapp.errors import InvalidInputError
from medapp.jobs.errors import JobNotCancellableError, JobNotRetriableError, UnknownJobKindError
from medapp.jobs.models import Job, Status
from medapp.jobs.runner import run_kind
from medapp.jobs.services import (
    JobSpec,
    cancel_job,
    cancel_jobs_of_patient,
    enqueue_jobs,
    idempotency_key,
    retry_job,
)
from tests.jobs.kinds import enqueue, saving, yielding

pytestmark = pytest.mark.django_db


def test_the_same_key_gives_the_same_job(kinds):
    kinds(saving())
    assert enqueue(1).id == enqueue(1).id
    assert Job.objects.count() == 1


def test_the_key_depends_on_every_part_but_not_on_the_order_of_settings():
    one = idempotency_key("k", "digest", {"a": 1, "b": 2})
    assert one == idempotency_key("k", "digest", {"b": 2, "a": 1})
    assert one != idempotency_key("k", "digest", {"a": 1, "b": 3})


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownJobKindError):
        enqueue(kind="nobody.knows")


def test_bells_ring_once_a_batch_after_the_commit(kinds, rings, django_capture_on_commit_callbacks):
    kinds(saving(), batch_size=10)
    specs = [JobSpec({"n": n}, f"n:{n}") for n in range(25)]
    with django_capture_on_commit_callbacks(execute=True):
        found = enqueue_jobs(kind="test.kind", specs=specs, by=None)
        assert rings == []
    assert (found.new, len(found.jobs), rings) == (25, 25, [("test.kind", 3)])


def test_enqueueing_twice_tells_that_nothing_is_new(kinds):
    kinds(saving())
    specs = [JobSpec({"n": n}, f"n:{n}") for n in range(3)]
    first = enqueue_jobs(kind="test.kind", specs=specs, by=None)
    second = enqueue_jobs(kind="test.kind", specs=specs, by=None)
    assert (first.new, second.new) == (3, 0)
    assert [job.id for job in first.jobs] == [job.id for job in second.jobs]


def test_a_cancelled_job_that_is_asked_for_again_waits_again(kinds):
    kinds(saving())
    cancel_job(job=enqueue(), by=None)
    assert enqueue().status == Status.WAITING
    assert run_kind("test.kind", "w") == 1


def test_a_finished_job_cannot_be_cancelled(kinds):
    kinds(saving())
    job = enqueue()
    run_kind("test.kind", "w")
    with pytest.raises(JobNotCancellableError):
        cancel_job(job=job, by=None)


def test_retrying_a_parked_job_gives_it_all_its_attempts(kinds):
    kinds(yielding(InvalidInputError(reason="x")))
    job = enqueue()
    run_kind("test.kind", "w")
    kinds(saving({"ok": 1}))
    assert retry_job(job=job, by=None).attempts == 0
    run_kind("test.kind", "w")
    job.refresh_from_db()
    assert (job.status, job.result, job.failure_code) == (Status.DONE, {"ok": 1}, "")


def test_waiting_work_cannot_be_retried(kinds):
    kinds(saving())
    with pytest.raises(JobNotRetriableError):
        retry_job(job=enqueue(), by=None)


def test_withdrawn_consent_cancels_model_work_of_that_patient_only(kinds):
    kinds(saving())
    kinds(saving(), kind="test.files", queue="io")
    patient, other = uuid4(), uuid4()
    mine, theirs = enqueue(1, patient_id=patient), enqueue(2, patient_id=other)
    files = enqueue(3, kind="test.files", patient_id=patient)
    assert cancel_jobs_of_patient(patient_id=patient, by=None, reason="consent withdrawn") == 1
    found = dict(Job.objects.values_list("id", "status"))
    assert found == {mine.id: "cancelled", theirs.id: "waiting", files.id: "waiting"}


def test_cancel_retry_and_parking_are_audited(kinds):
    kinds(yielding(InvalidInputError(reason="x")))
    job = enqueue(patient_id=uuid4())
    run_kind("test.kind", "w")
    retry_job(job=job, by=None)
    cancel_job(job=job, by=None)
    events = Event.objects.order_by("sequence").values_list("action", "patient_id")
    assert list(events) == [(f"job.{verb}", job.patient_id) for verb in ("park", "retry", "cancel")]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "parked"},
        {"status": "running"},
        {"status": "cancelled"},
        {"leased_by": "somebody"},
        {"attempts": 4},
        {"status": "lost"},
    ],
)
def test_the_database_refuses_impossible_states(kinds, fields):
    kinds(saving())
    job = enqueue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(id=job.id).update(**fields)
