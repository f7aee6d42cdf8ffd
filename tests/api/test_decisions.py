"""Decisions by POST write what a decision on the page writes."""

import pytest

from medapp.audit.models import Event
from medapp.records.models import Condition
from tests.api.conftest import program
from tests.factories import accounts, diagnosis


@pytest.fixture
def suggestion(patient):
    return diagnosis.suggestion(patient)


def decide(client, suggestion, **body):
    return client.post(f"/api/suggestions/{suggestion.pk}/decisions/", body, content_type="application/json")


def test_accepting_writes_the_problem_and_the_event(api, suggestion, patient):
    answer = decide(api, suggestion, verdict="accept")

    assert (answer.status_code, answer.json()["label_code"]) == (201, "bacterial")
    assert Condition.objects.filter(patient=patient, suggestion_id=suggestion.pk).count() == 1
    assert Event.objects.filter(action="suggestion.decide", outcome="done").count() == 1


def test_deciding_twice_on_what_one_saw_first_is_a_conflict(api, suggestion, problem):
    decide(api, suggestion, verdict="accept")

    answer = decide(api, suggestion, verdict="reject", reason_code="artefact")

    problem(answer, 409, "already-decided")


def test_a_changed_mind_names_the_decision_it_replaces(api, suggestion):
    first = decide(api, suggestion, verdict="accept").json()["id"]

    answer = decide(api, suggestion, verdict="reject", reason_code="artefact", standing=first)

    assert answer.status_code == 201
    history = api.get(f"/api/suggestions/{suggestion.pk}/decisions/").json()
    assert [row["verdict"] for row in history] == ["reject", "accept"]


@pytest.mark.parametrize(
    "body, code",
    [
        ({"verdict": "reject"}, "reason-missing"),
        ({"verdict": "edit", "label_code": "cancer", "reason_code": "artefact"}, "unknown-label"),
        ({"verdict": "reject", "reason_code": "other", "reason_text": "  "}, "reason-missing"),
    ],
)
def test_what_a_decision_lacks_is_named(api, suggestion, problem, body, code):
    problem(decide(api, suggestion, **body), 400, code)


@pytest.mark.parametrize(
    "body, field",
    [({}, "verdict"), ({"verdict": "maybe"}, "verdict"), ({"verdict": "accept", "reason_code": "?"}, "reason_code"),
     ({"verdict": ["accept"]}, "verdict"), ({"verdict": "accept", "label_code": "x" * 1000}, "label_code"),
     ({"verdict": "accept", "reason_text": "\x00"}, "reason_text")],
)  # fmt: skip
def test_field_that_is_wrong_is_named(api, suggestion, problem, body, field):
    assert field in problem(decide(api, suggestion, **body), 400, "invalid")["errors"]


def test_abstention_cannot_be_accepted(api, patient, problem):
    abstention = diagnosis.suggestion(patient, in_scope=False)

    problem(decide(api, abstention, verdict="accept"), 409, "abstention")


def test_nurse_reads_but_does_not_decide(suggestion, patient, problem):
    nurse = accounts.user("nurse")
    accounts.join(patient, nurse)

    assert program(nurse).get(f"/api/suggestions/{suggestion.pk}/").status_code == 200
    problem(decide(program(nurse), suggestion, verdict="accept"), 404, "not-found")


def test_stranger_gets_the_answer_of_a_missing_one(suggestion, problem):
    stranger = program(accounts.user())

    problem(decide(stranger, suggestion, verdict="accept"), 404, "not-found")
