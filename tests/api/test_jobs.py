"""Jobs: one's own, cancelled and tried again."""

import pytest
from django.utils import timezone

from medapp.jobs.models import Job
from tests.api.conftest import program
from tests.factories import accounts


@pytest.fixture
def job(doctor):
    return Job.objects.create(
        kind="diagnosis.image",
        queue="cpu",
        requested_by=doctor,
        idempotency_key="one",
        payload={"secret": "x"},
    )


def test_list_and_detail_show_the_state_and_not_the_payload(api, job):
    [row] = api.get("/api/jobs/").json()["results"]
    body = api.get(f"/api/jobs/{job.pk}/").json()

    assert row == body
    assert body["status"] == "waiting"
    assert "payload" not in body


def test_cancel_then_retry(api, job, monkeypatch):
    monkeypatch.setattr("medapp.jobs.services._kind", lambda kind: None)
    monkeypatch.setattr("medapp.jobs.services.ring_on_commit", lambda plan: None)

    cancelled = api.post(f"/api/jobs/{job.pk}/cancel/")
    again = api.post(f"/api/jobs/{job.pk}/retry/")

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()["status"]) == (200, "waiting")


def test_finished_work_is_a_conflict(api, job, problem):
    Job.objects.filter(pk=job.pk).update(status="done", finished_at=timezone.now())

    problem(api.post(f"/api/jobs/{job.pk}/cancel/"), 409, "job-ended")
    problem(api.post(f"/api/jobs/{job.pk}/retry/"), 409, "job-not-retriable")


def test_stranger_cannot_cancel(job, problem):
    stranger = program(accounts.user())

    problem(stranger.post(f"/api/jobs/{job.pk}/cancel/"), 404, "not-found")
    job.refresh_from_db()
    assert job.status == "waiting"


def test_link_cannot_cancel(api, job, problem):
    problem(api.get(f"/api/jobs/{job.pk}/cancel/"), 405, "method-not-allowed")
