"""Every error of the API is a problem document, in the reader's language."""

import pytest
from django.test import Client

from tests.api.conftest import program
from tests.factories import diagnosis


def test_address_that_is_none_is_a_problem(api, problem):
    problem(api.get("/api/nothing/"), 404, "not-found")


def test_id_that_is_none_is_a_problem(api, problem):
    problem(api.get("/api/patients/not-a-uuid/"), 404, "not-found")


def test_method_that_is_none_is_a_problem(api, problem):
    answer = api.delete("/api/patients/")

    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null", "{}" * 3, '{"verdict": ' + "[" * 500, "\x00"])
def test_body_that_is_no_json_object_is_a_problem(api, patient, problem, body):
    address = f"/api/suggestions/{diagnosis.suggestion(patient).pk}/decisions/"

    answer = api.post(address, body, content_type="application/json")

    problem(answer, 400, answer.json()["code"])


def test_body_of_another_type_is_a_problem(api, patient, problem):
    address = f"/api/suggestions/{diagnosis.suggestion(patient).pk}/decisions/"

    problem(api.post(address, "<x/>", content_type="text/xml"), 415, "unsupported-media-type")


def test_answer_that_cannot_be_given_in_the_wanted_type_is_a_problem(api, problem):
    problem(api.get("/api/patients/", headers={"accept": "text/csv"}), 406, "not-acceptable")


def test_unforeseen_error_tells_nothing_of_itself(api, problem, monkeypatch):
    def broken(*args):
        raise RuntimeError("王小明")

    monkeypatch.setattr("medapp.http.api.PolicyAPIView.visible", broken)

    answer = api.get("/api/patients/")

    problem(answer, 500, "server-error")
    assert "王小明" not in answer.content.decode()


@pytest.mark.parametrize(
    "address, status, words",
    [
        ("/api/patients/00000000-0000-0000-0000-000000000000/", 404, "这里没有您可以查看的内容。"),
        ("/api/suggestions/?patient=me", 400, "无效的输入。"),
    ],
)
def test_problem_speaks_chinese_where_asked(doctor, address, status, words):
    answer = program(doctor, **{"accept-language": "zh-CN,zh;q=0.9"}).get(address)

    assert (answer.status_code, answer.json()["title"]) == (status, words)


def test_nobody_is_told_so_in_chinese(db):
    answer = Client(headers={"accept-language": "zh-CN"}).get("/api/patients/")

    assert (answer.status_code, answer.json()["title"]) == (401, "未登录。")
