"""A doctor's moves: open, ask, take into the record. What is refused leaves nothing behind."""

import pytest

from consult.errors import (
    AnswerPendingError,
    AnswerUnfinishedError,
    EmptyMessageError,
    MessageTooLongError,
    NoPatientError,
    NothingToRepeatError,
)
from consult.models import Turn
from consult.services import answer_again, ask, draft_note, start_conversation, stop_answer
from diagnosis.errors import ConsentWithdrawnError
from medapp.audit.models import Event
from medapp.jobs.models import Job
from medapp.records.models import Note
from medapp.records.services import update_patient
from tests.factories import consult

pytestmark = pytest.mark.django_db


def test_opening_gets_the_models_ready(doctor, patient):
    opened = start_conversation(by=doctor, patient=patient)
    job = Job.objects.get(kind="consult.warm")
    assert (job.payload, job.requested_by) == ({"conversation": str(opened.pk)}, None)
    assert Event.objects.get(action="consult.open").patient_id == patient.pk


def test_a_question_waits_for_its_answer(doctor):
    turn = consult.question(doctor)
    assert (turn.role, turn.status, turn.job.kind) == ("assistant", "waiting", "consult.answer")
    assert turn.conversation.title == "When is metformin stopped?"


@pytest.mark.parametrize("text", ["", "  \n ", "\u202e\u200b\x00"], ids=["empty", "blank", "invisible"])
def test_an_empty_message_is_refused(doctor, text):
    with pytest.raises(EmptyMessageError):
        consult.question(doctor, text)
    assert Turn.objects.count() == 0


def test_a_message_of_100_kb_is_refused_with_its_length(doctor):
    with pytest.raises(MessageTooLongError) as refusal:
        consult.question(doctor, "长" * 34_000)
    assert "34,000" in str(refusal.value)


def test_control_and_bidirectional_characters_are_left_out(doctor):
    turn = consult.question(doctor, "Is \u202eit\u2066 safe?\x1b[31m\r\nYes\x00")
    assert turn.conversation.turns.first().text == "Is it safe?[31m\nYes"


def test_a_second_question_waits_its_turn(doctor):
    turn = consult.question(doctor)
    with pytest.raises(AnswerPendingError):
        ask(conversation=turn.conversation, text="And then?", by=doctor)


@pytest.mark.parametrize(
    "text, code",
    [
        ("胸痛大汗半小时", "acute-coronary-syndrome"),
        ("sudden worst headache of my life", "subarachnoid-haemorrhage"),
    ],
)
def test_an_emergency_is_answered_by_a_fixed_notice_before_any_model(doctor, text, code):
    turn = consult.question(doctor, text)
    assert (turn.role, turn.notice_code, turn.job) == ("notice", code, None)
    assert Event.objects.get(action="consult.red-flag").detail["red_flag"] == code


def test_a_doctor_may_ask_the_model_all_the_same(doctor):
    first = consult.question(doctor, "胸痛大汗半小时")
    turn = ask(conversation=first.conversation, text="胸痛大汗半小时", by=doctor, ignore_red_flag=True)
    assert turn.status == "waiting"
    assert Event.objects.get(action="consult.ask").detail["ignored"] is True


def test_without_consent_nothing_is_opened_and_nothing_asked(doctor, patient):
    opened = start_conversation(by=doctor, patient=patient)
    patient.ai_consent = False
    patient.save()
    with pytest.raises(ConsentWithdrawnError):
        ask(conversation=opened, text="What was the last HbA1c?", by=doctor)
    with pytest.raises(ConsentWithdrawnError):
        start_conversation(by=doctor, patient=patient)


def test_withdrawn_consent_cancels_what_waits(doctor, patient):
    turn = consult.question(doctor, patient=patient)
    update_patient(patient=patient, by=doctor, ai_consent=False)
    assert Job.objects.get(pk=turn.job_id).status == "cancelled"


def test_an_answer_becomes_a_draft_without_what_was_struck(server, doctor, patient):
    consult.source()
    turn = consult.answered(doctor, patient)
    note = draft_note(turn=turn, by=doctor)
    assert (note.status, note.origin, note.source_id) == ("draft", "ai-draft", str(turn.pk))
    assert note.text == (
        "Metformin is stopped when the eGFR falls below 30 mL/min. [1]\n\n[1] Type 2 diabetes\n\n"
        "AI 草稿，由 stub remote 在会诊对话中生成。"
    )
    assert Event.objects.get(action="consult.take").detail == {"note": str(note.pk)}


def test_taking_an_answer_twice_gives_one_draft(server, doctor, patient):
    consult.source()
    turn = consult.answered(doctor, patient)
    assert draft_note(turn=turn, by=doctor) == draft_note(turn=turn, by=doctor)
    assert Note.objects.count() == 1


def test_a_stopped_answer_cannot_be_taken(doctor, patient):
    turn = consult.question(doctor, patient=patient)
    stop_answer(turn=turn, by=doctor)
    with pytest.raises(AnswerUnfinishedError):
        draft_note(turn=turn, by=doctor)


def test_an_answer_about_nobody_has_no_record_to_go_to(server, doctor):
    consult.source()
    with pytest.raises(NoPatientError):
        draft_note(turn=consult.answered(doctor), by=doctor)


def test_a_finished_answer_is_not_answered_again(server, doctor):
    with pytest.raises(NothingToRepeatError):
        answer_again(turn=consult.answered(doctor), by=doctor)


def test_a_stopped_answer_is_answered_again(server, doctor):
    consult.source()
    turn = consult.question(doctor)
    stop_answer(turn=turn, by=doctor)
    answer_again(turn=turn, by=doctor)
    assert consult.work() == 1
    turn.refresh_from_db()
    assert turn.status == "complete"
