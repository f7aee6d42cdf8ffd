"""The answer job against a chat server over real HTTP: one test for each way it can end."""

import logging
import threading
import time

import pytest
from django.utils import translation

from consult.deltas import DeltaWriter
from consult.models import Turn
from consult.services import answer_again, settle_turn, stop_answer
from medapp.accounts.models import CareTeamMember
from medapp.audit.models import Event
from medapp.jobs.models import Job, Status
from tests.consult.conftest import SAID, SERVER_SECONDS
from tests.factories import consult
from tests.ml.chat_stub import Script, event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def knowledge(db):
    return consult.source()


def settled(turn: Turn) -> Turn:
    return settle_turn(turn=turn)


def try_thrice() -> None:
    for _attempt in range(3):
        consult.work()


def failure(turn: Turn) -> str:
    with translation.override("en"):
        return Job.objects.get(pk=turn.job_id).failure_reason


def test_a_finished_answer_keeps_what_a_passage_holds_and_strikes_the_rest(server, doctor):
    turn = consult.answered(doctor)
    kept, struck = turn.statements.all()
    assert (turn.status, turn.text) == ("complete", "".join(SAID))
    assert (kept.text, kept.citation.title) == (
        "Metformin is stopped when the eGFR falls below 30 mL/min.",
        "Type 2 diabetes",
    )
    assert (struck.text, struck.is_struck) == ("The moon is made of cheese.", True)


def test_the_deltas_together_are_the_answer(server, doctor):
    turn = consult.answered(doctor)
    assert "".join(delta.text for delta in turn.deltas.all()) == "".join(SAID)


def test_an_answer_names_its_model_and_leaves_an_event(server, doctor, patient):
    turn = consult.answered(doctor, patient)
    row = Event.objects.get(action="consult.answer")
    assert (turn.model_name, turn.is_demonstration) == ("stub remote", False)
    assert (row.patient_id, row.detail["outside"], row.detail["struck"]) == (patient.pk, True, 1)


@pytest.mark.parametrize(
    "script, reason",
    [
        (Script(status=500), "http-status"),
        (Script([event("Half ")], announce_more=True), "cut-short"),
        (Script([event("Half ")]), "cut-short"),
    ],
    ids=["HTTP 500", "connection lost", "half a stream"],
)
def test_a_server_that_may_recover_is_asked_three_times_then_the_turn_fails(serve, doctor, script, reason):
    asked = serve(script).asked
    turn = consult.question(doctor)
    try_thrice()
    assert (settled(turn).status, len(asked)) == ("failed", 3)
    assert failure(turn) == f"The chat server does not answer ({reason})."


@pytest.mark.parametrize("script", [Script([b"data: {}}\n\n"]), Script(status=401)], ids=["garbage", "401"])
def test_a_server_that_refuses_is_asked_once(serve, doctor, script):
    asked = serve(script).asked
    turn = consult.question(doctor)
    try_thrice()
    assert (settled(turn).status, len(asked)) == ("failed", 1)


def test_a_server_that_is_away_is_tried_again_later(settings, encoder, doctor):
    settings.CHAT_SERVER_URL = "http://127.0.0.1:9/v1"
    turn = consult.question(doctor)
    consult.work()
    assert (settled(turn).status, failure(turn)) == (
        "streaming",
        "The chat server does not answer (unreachable).",
    )


def test_a_silent_server_is_left_after_the_set_time(serve, settings, doctor):
    silent = serve(Script([event("Well "), event("done", "stop")], hold=threading.Event()))
    settings.CHAT_TIMEOUT_SECONDS = 0.3
    turn = consult.question(doctor)
    consult.work()
    assert (failure(turn), len(silent.asked)) == ("The chat server does not answer (timeout).", 1)


def test_a_second_attempt_empties_what_the_first_one_showed(serve, doctor):
    serve(Script([event("Half ")]))
    turn = consult.question(doctor)
    consult.work()
    serve(Script([event("Metformin is the usual first drug.", "stop")]))
    consult.work()
    shown = [(delta.sequence, delta.text, delta.is_restart) for delta in turn.deltas.all()]
    assert shown == [(1, "Half ", False), (2, "", True), (3, "Metformin is the usual first drug.", False)]


def test_stopping_a_silent_answer_is_heard_at_once(serve, doctor, monkeypatch):
    serve(Script([event("Well "), event("done", "stop")], hold=threading.Event()))
    monkeypatch.setattr("medapp.jobs.claims.BEAT_SECONDS", 0)
    monkeypatch.setattr(DeltaWriter, "add", lambda writer, piece: stop_answer(turn=turn, by=doctor))
    turn = consult.question(doctor)
    began = time.monotonic()
    consult.work()
    turn.refresh_from_db()
    assert (turn.status, Job.objects.get(pk=turn.job_id).status) == ("stopped", Status.CANCELLED)
    assert time.monotonic() - began < SERVER_SECONDS


def test_a_waiting_answer_is_stopped_and_never_asked(server, doctor):
    turn = consult.question(doctor)
    stop_answer(turn=turn, by=doctor)
    assert (consult.work(), server.asked) == (0, [])
    assert (settled(turn).status, Event.objects.filter(action="consult.stop").count()) == ("stopped", 1)


def test_a_failed_answer_is_answered_again(serve, doctor):
    serve(Script(status=500))
    turn = consult.question(doctor)
    try_thrice()
    serve(Script([event("Metformin is the usual first drug.", "stop")]))
    answer_again(turn=settled(turn), by=doctor)
    consult.work()
    turn.refresh_from_db()
    assert (turn.status, turn.text) == ("complete", "Metformin is the usual first drug.")


def test_consent_withdrawn_after_the_question_keeps_everything_here(server, doctor, patient):
    turn = consult.question(doctor, patient=patient)
    patient.ai_consent = False
    patient.save()
    consult.work()
    assert (settled(turn).status, server.asked) == ("failed", [])
    assert failure(turn) == "The patient does not agree that models read the record."


def test_a_doctor_who_left_the_team_gets_no_answer(server, doctor, patient):
    turn = consult.question(doctor, patient=patient)
    CareTeamMember.objects.all().delete()
    consult.work()
    assert (settled(turn).status, server.asked) == ("failed", [])


def test_two_questions_at_once_are_both_answered(server, doctor):
    turns = [consult.question(doctor), consult.question(doctor)]
    assert consult.work(limit=2) == 2
    assert [settled(turn).status for turn in turns] == ["complete", "complete"]


def test_control_characters_of_a_server_are_not_shown(serve, doctor):
    serve(Script([event("Metformin\u202e is\x07 the usual first drug.", "stop")]))
    assert consult.answered(doctor).text == "Metformin is the usual first drug."


def test_no_word_of_a_question_or_an_answer_is_logged(serve, doctor, caplog):
    caplog.set_level(logging.DEBUG)
    serve(Script([b"data: {}}\n\n"]))
    consult.question(doctor, "Is zebrafish metformin safe?")
    consult.work()
    assert "zebrafish" not in caplog.text


def test_a_follow_up_is_told_only_what_was_supported(server, doctor):
    first = consult.answered(doctor)
    consult.ask(conversation=first.conversation, text="Is metformin the first drug?", by=doctor)
    consult.work()
    told = [message for message in server.asked[1]["messages"] if message["role"] == "assistant"]
    assert [message["content"] for message in told] == [
        "Metformin is stopped when the eGFR falls below 30 mL/min."
    ]
