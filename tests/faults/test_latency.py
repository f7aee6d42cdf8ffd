"""A live worker starts a job almost as soon as its transaction commits."""

import statistics

import pytest

from medapp.jobs.models import Job, Status
from medapp.jobs.services import enqueue_job
from tests.faults.clinic import eventually
from tests.faults.kinds import begun

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_a_job_starts_within_a_fraction_of_a_second_of_its_commit(clinic, pool):
    clinic.start_broker()
    clinic.start_worker(pool=pool)
    waits = []
    for n in range(20):
        job = enqueue_job(kind="faults.work", payload={"n": n}, by=None, idempotency_key=f"latency:{n}")
        eventually(lambda job=job: Job.objects.filter(id=job.id, status=Status.DONE).exists())
        waits.append(float(begun(job.id).read_text().split()[0]) - job.created_at.timestamp())
    assert statistics.median(waits) < 0.2
