import pytest

from medapp.accounts.actions import Role
from medapp.errors import InvalidInputError
from medapp.jobs.models import Job, Status
from medapp.jobs.runner import run_kind
from tests.jobs.kinds import enqueue, saving, yielding
from tests.jobs.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person("owner")


@pytest.fixture
def job(kinds, owner):
    kinds(saving(), label="Read the radiograph")
    return enqueue(by=owner)


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def test_the_owner_sees_the_job_and_can_cancel_it(signed_in, owner, job):
    page = signed_in(owner).get("/jobs/").content.decode()
    assert "Read the radiograph" in page
    assert f"/jobs/{job.id}/cancel" in page


def test_a_stranger_sees_nothing_of_it(signed_in, job):
    assert "Read the radiograph" not in signed_in(person("stranger")).get("/jobs/").content.decode()


def test_a_data_manager_sees_everybodys_jobs(signed_in, job):
    manager = person("manager", Role.DATA_MANAGER)
    assert "Read the radiograph" in signed_in(manager).get("/jobs/").content.decode()


def test_the_owner_cancels(signed_in, owner, job):
    assert signed_in(owner).post(f"/jobs/{job.id}/cancel").status_code == 302
    assert Job.objects.get(id=job.id).status == Status.CANCELLED


def test_a_stranger_cannot_cancel_and_learns_nothing(signed_in, job):
    assert signed_in(person("stranger")).post(f"/jobs/{job.id}/cancel").status_code == 404
    assert Job.objects.get(id=job.id).status == Status.WAITING


def test_cancelling_by_a_link_is_refused(signed_in, owner, job):
    assert signed_in(owner).get(f"/jobs/{job.id}/cancel").status_code == 405


def test_a_failure_is_shown_in_words_with_a_way_to_try_again(signed_in, owner, kinds):
    kinds(yielding(InvalidInputError(reason="empty file")))
    job = enqueue(by=owner)
    run_kind("test.kind", "w")
    page = signed_in(owner).get("/jobs/?status=parked").content.decode()
    assert "The input cannot be used: empty file. Correct it" in page
    assert f"/jobs/{job.id}/retry" in page
    assert signed_in(owner).post(f"/jobs/{job.id}/retry").status_code == 302
    assert Job.objects.get(id=job.id).status == Status.WAITING


def test_cancelling_what_has_ended_answers_with_a_conflict(signed_in, owner, job):
    run_kind("test.kind", "w")
    assert signed_in(owner).post(f"/jobs/{job.id}/cancel").status_code == 409


def test_nobody_is_let_in_without_signing_in(client, job):
    assert client.get("/jobs/").status_code == 302
    assert client.post(f"/jobs/{job.id}/cancel").status_code == 302
    assert Job.objects.get(id=job.id).status == Status.WAITING


def test_the_admin_panel_shows_failures_with_their_reason(signed_in, kinds, owner):
    kinds(yielding(InvalidInputError(reason="empty file")))
    job = enqueue(by=owner)
    run_kind("test.kind", "w")
    client = signed_in(person("manager", Role.DATA_MANAGER))
    assert "empty file" in client.get("/admin/jobs/job/").content.decode()
    assert client.get(f"/admin/jobs/job/{job.id}/change/").status_code == 200
    chosen = {"action": "retry", "_selected_action": [str(job.id)]}
    assert client.post("/admin/jobs/job/", chosen).status_code == 302
    assert Job.objects.get(id=job.id).status == Status.WAITING


def test_the_admin_panel_lists_workers(signed_in):
    client = signed_in(person("root", Role.ADMINISTRATOR))
    assert client.get("/admin/jobs/workerheartbeat/").status_code == 200
