"""Batch runs over a table and over a cohort."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from diagnosis.models import BatchRun, Cohort
from medapp.jobs.models import Job
from tests.api.conftest import program
from tests.factories import accounts, diagnosis

RUNS = "/api/batch-runs/"


@pytest.fixture
def manager(db):
    return accounts.user("data_manager")


@pytest.fixture
def api(manager):
    diagnosis.model_version("zh-department", "text-classification", digest="e" * 64)
    return program(manager)


def table(text="text\n咳嗽三天\n胸痛\n", name="notes.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def test_table_becomes_a_run_with_its_jobs(api, manager):
    answer = api.post(RUNS, {"model": "zh-department", "file": table()})

    body = answer.json()
    assert (answer.status_code, body["total"], body["waiting"]) == (202, 2, 2)
    assert Job.objects.filter(group=body["id"], requested_by=manager).count() == 1


def test_cohort_becomes_a_run_by_form_and_by_json(api, manager):
    doctor = accounts.user()
    diagnosis.note(accounts.patient([doctor]), doctor)
    Cohort.objects.create(name="all")

    answer = api.post(RUNS, {"model": "zh-department", "cohort": "all"}, content_type="application/json")

    assert (answer.status_code, answer.json()["total"]) == (202, 1)


def test_result_is_a_table_with_a_row_for_each_input(api):
    run = api.post(RUNS, {"model": "zh-department", "file": table()}).json()

    lines = b"".join(api.get(f"{RUNS}{run['id']}/result.csv").streaming_content).decode("utf-8-sig")

    assert lines.splitlines()[0] == "input,status,reason,label,p_normal,p_bacterial,p_viral"
    assert [line.split(",")[0] for line in lines.splitlines()[1:]] == ["1", "2"]


def test_same_table_again_is_the_same_run(api):
    runs = [api.post(RUNS, {"model": "zh-department", "file": table()}).json()["id"] for _time in range(2)]

    assert runs[0] == runs[1]
    assert BatchRun.objects.count() == 1


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({"model": "nobody", "cohort": "all"}, 404, "unknown-model"),
        ({"model": "../../etc", "cohort": "all"}, 404, "unknown-model"),
        ({"model": "zh-department", "cohort": "nowhere"}, 400, "invalid-input"),
        ({"model": "zh-department"}, 400, "invalid-input"),
        ({"cohort": "all"}, 400, "invalid"),
        ({"model": "x\x00", "cohort": "all"}, 400, "invalid"),
    ],
)
def test_what_cannot_be_started_is_named(api, problem, body, status, code):
    problem(api.post(RUNS, body), status, code)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "text\n", b"\xff\xfe\x00", b"\x00" * 100, "text"])
def test_table_that_cannot_be_used_is_named(api, problem, text):
    answer = api.post(RUNS, {"model": "zh-department", "file": table(text)})

    assert 400 <= answer.status_code < 500
    problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("task", ["image-classification", "chat"])
def test_table_for_a_model_that_reads_no_texts_is_refused(api, problem, task):
    diagnosis.model_version("other", task, digest="c" * 64)

    problem(api.post(RUNS, {"model": "other", "file": table()}), 422, "unsuitable-model")


def test_cohort_for_a_chat_model_is_refused(api, problem):
    diagnosis.model_version("other", "chat", digest="c" * 64)
    Cohort.objects.create(name="all")

    problem(api.post(RUNS, {"model": "other", "cohort": "all"}), 422, "unsuitable-model")


def test_table_over_the_limit_is_413(api, problem, monkeypatch):
    monkeypatch.setattr("diagnosis.batch.services.MOST_TABLE_BYTES", 10)

    problem(api.post(RUNS, {"model": "zh-department", "file": table()}), 413, "too-large")


def test_run_of_another_is_hidden_from_a_researcher(api, problem):
    run = api.post(RUNS, {"model": "zh-department", "file": table()}).json()
    researcher = program(accounts.user("researcher"))

    assert researcher.get(RUNS).json()["count"] == 0
    problem(researcher.get(f"{RUNS}{run['id']}/result.csv"), 404, "not-found")
