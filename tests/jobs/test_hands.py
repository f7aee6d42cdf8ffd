import os
from datetime import timedelta

import pytest
from django.utils import timezone

from medapp.jobs import workers
from medapp.jobs.models import Job, Status, WorkerHeartbeat
from medapp.jobs.runner import ensure_worker, reclaim_orphans
from tests.jobs.kinds import enqueue, raising, saving

pytestmark = pytest.mark.django_db
GONE_PID = 2**22 + 1  # above the kernel's largest process id


def worker(pid=None, seconds_ago=0, queues=("cpu",)) -> WorkerHeartbeat:
    seen_at = timezone.now() - timedelta(seconds=seconds_ago)
    fields = {
        "queues": list(queues),
        "host": workers.this_host(),
        "pid": pid or os.getpid(),
        "seen_at": seen_at,
    }
    return WorkerHeartbeat.objects.create(name=f"w{WorkerHeartbeat.objects.count()}", **fields)


def running(job, leased_by, seconds_left) -> None:
    until = timezone.now() + timedelta(seconds=seconds_left)
    Job.objects.filter(id=job.id).update(status="running", leased_by=leased_by, leased_until=until, fence=1)


def test_a_command_does_the_work_itself_where_no_worker_is_up(kinds):
    kinds(saving())
    jobs = Job.objects.filter(id__in=[enqueue(n).id for n in range(3)])
    told = []
    with ensure_worker(["test.kind"]) as hands:
        assert not hands.has_helpers
        hands.finish(jobs, lambda done, total: told.append((done, total)))
    assert (told[0], told[-1]) == ((0, 3), (3, 3))
    assert set(jobs.values_list("status", flat=True)) == {Status.DONE}


def test_a_command_leaves_the_work_to_live_workers(kinds):
    kinds(saving())
    worker()
    with ensure_worker(["test.kind"]) as hands:
        assert hands.has_helpers


@pytest.mark.parametrize(
    "fields",
    [{"seconds_ago": 60}, {"pid": GONE_PID}, {"queues": ["io"]}],
    ids=["silent", "dead", "other queue"],
)
def test_a_worker_that_cannot_help_does_not_count(kinds, fields):
    kinds(saving())
    worker(**fields)
    with ensure_worker(["test.kind"]) as hands:
        assert not hands.has_helpers


def test_an_interrupted_command_leaves_its_jobs_for_the_next_run(kinds):
    kinds(raising(KeyboardInterrupt()))
    job = enqueue()
    with pytest.raises(KeyboardInterrupt), ensure_worker(["test.kind"]) as hands:
        hands.finish(Job.objects.filter(id=job.id))
    assert Job.objects.get(id=job.id).status == Status.WAITING


def test_an_expired_lease_costs_an_attempt_and_the_job_waits_again(kinds):
    kinds(saving())
    job = enqueue()
    running(job, "worker@elsewhere:1", seconds_left=-1)
    assert reclaim_orphans() == 1
    job.refresh_from_db()
    assert (job.status, job.attempts, job.failure_code) == (Status.WAITING, 1, "worker-lost")


def test_a_process_that_is_gone_from_this_host_loses_its_jobs_at_once(kinds):
    kinds(saving())
    job, other = enqueue(1), enqueue(2)
    running(job, f"worker@{workers.this_host()}:{GONE_PID}", seconds_left=60)
    running(other, "worker@elsewhere:1", seconds_left=60)
    assert reclaim_orphans() == 1
    assert Job.objects.get(id=other.id).status == Status.RUNNING


def test_the_third_lost_worker_parks_the_job(kinds):
    kinds(saving())
    job = enqueue()
    for _attempt in range(3):
        running(job, "worker@elsewhere:1", seconds_left=-1)
        reclaim_orphans()
    job.refresh_from_db()
    assert (job.status, job.attempts, job.failure_code) == (Status.PARKED, 3, "worker-lost")


def test_a_lost_job_that_was_to_be_cancelled_ends_cancelled(kinds):
    kinds(saving())
    job = enqueue()
    running(job, "worker@elsewhere:1", seconds_left=-1)
    Job.objects.update(cancel_requested_at=timezone.now())
    reclaim_orphans()
    assert Job.objects.get(id=job.id).status == Status.CANCELLED
