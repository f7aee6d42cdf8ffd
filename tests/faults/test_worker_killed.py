"""kill -9 in mid-job: the work is found again, and its result is saved once."""

import pytest

from medapp.jobs import runner
from medapp.jobs.models import Job, Status
from medapp.jobs.services import enqueue_job
from medapp.jobs.tasks import sweep
from tests.faults.clinic import eventually
from tests.faults.kinds import begun, gate

pytestmark = pytest.mark.faults


def enqueue(number=0, kind="faults.work", **payload):
    return enqueue_job(
        kind=kind, payload={"n": number, **payload}, by=None, idempotency_key=f"{kind}:{number}:{payload}"
    )


def is_done(job) -> bool:
    return Job.objects.filter(id=job.id, status=Status.DONE).exists()


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_a_job_of_a_killed_worker_is_done_by_the_next_one(clinic, saves, pool):
    clinic.start_broker()
    first = clinic.start_worker(pool=pool)
    job = enqueue(gate="g")
    eventually(begun(job.id).exists, "the job to begin")
    clinic.kill(first)
    gate("g").touch()
    clinic.start_worker(pool=pool)
    eventually(lambda: is_done(job), "the second worker to finish the job")
    job.refresh_from_db()
    assert (job.attempts, saves(job), job.fence) == (1, 1, 2)


def test_a_lease_that_runs_out_goes_to_another_worker(clinic, saves):
    clinic.start_broker()
    job = enqueue(kind="faults.brief", gate="g")
    Job.objects.update(
        status=Status.RUNNING, leased_by="worker@elsewhere:7", leased_until="2020-01-01T00:00Z", fence=1
    )
    gate("g").touch()
    clinic.start_worker()
    eventually(lambda: is_done(job), "the job to be taken over")
    assert saves(job) == 1


def test_a_worker_that_hangs_is_ended_and_its_job_parked_in_the_end(clinic, saves):
    clinic.start_broker()
    job = enqueue(kind="faults.brief", gate="never", beats=False)
    Job.objects.update(max_attempts=1)
    worker = clinic.start_worker()
    assert eventually(lambda: worker.poll() is not None, "the hanging worker to end itself")
    runner.reclaim_orphans()
    job.refresh_from_db()
    assert (job.status, job.failure_code, saves(job)) == (Status.PARKED, "timeout", 0)


def test_a_command_finishes_what_a_killed_worker_left(clinic, saves):
    clinic.start_broker()
    worker = clinic.start_worker()
    job = enqueue(gate="g")
    eventually(begun(job.id).exists)
    clinic.kill(worker)
    gate("g").touch()
    with runner.ensure_worker(["faults.work"]) as hands:
        hands.finish(Job.objects.filter(id=job.id))
    assert (is_done(job), saves(job)) == (True, 1)


def test_the_sweep_leaves_the_jobs_of_a_live_worker_alone(clinic, saves):
    clinic.start_broker()
    clinic.start_worker()
    job = enqueue(gate="g")
    eventually(begun(job.id).exists)
    assert sweep() == 0
    gate("g").touch()
    eventually(lambda: is_done(job))
    job.refresh_from_db()
    assert (job.attempts, saves(job)) == (0, 1)
