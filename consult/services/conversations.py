"""A doctor's moves in a conversation."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import Truncator

from consult.answer import ANSWER_KIND
from consult.errors import AnswerPendingError, EmptyMessageError, MessageTooLongError, NothingToRepeatError
from consult.models import Conversation, Turn
from consult.safety import find_red_flag
from consult.states import mark_stopped, mark_waiting, settle_turn
from consult.text import clean
from consult.warming import warm_conversation
from diagnosis.errors import ConsentWithdrawnError
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.jobs.errors import JobNotCancellableError
from medapp.jobs.services import cancel_job, enqueue_job, retry_job
from medapp.records.models import Patient

MOST_CHARACTERS = 8000
TITLE_CHARACTERS = 60


@transaction.atomic
def start_conversation(*, by: User, patient: Patient | None = None, request: Any = None) -> Conversation:
    """Open a conversation, about a patient or about none. Raises ConsentWithdrawnError."""
    _expect_consent(patient)
    conversation = Conversation.objects.create(owner=by, patient=patient)
    patient_id = patient.pk if patient else None
    record(action="consult.open", by=by, patient_id=patient_id, obj=conversation, request=request)
    warm_conversation(conversation)
    return conversation


@transaction.atomic
def ask(
    *, conversation: Conversation, text: str, by: User, ignore_red_flag: bool = False, request: Any = None
) -> Turn:
    """Add a question and return the turn that answers it: a fixed notice, or an answer that a job will write.

    Raises EmptyMessageError, MessageTooLongError, ConsentWithdrawnError or AnswerPendingError.
    """
    message = _message(text)
    locked = _locked(conversation)
    _expect_consent(locked.patient)
    _expect_no_pending(locked)
    question = _add_turn(locked, role=Turn.Role.USER, text=message)
    _touch(locked, message)
    flag = None if ignore_red_flag else find_red_flag(message)
    answer = _notice(locked, flag.code) if flag is not None else _answer(locked, by)
    detail = {"question": str(question.pk), "red_flag": flag.code if flag else "", "ignored": ignore_red_flag}
    action = "consult.red-flag" if flag else "consult.ask"
    record(action=action, by=by, patient_id=locked.patient_id, obj=answer, detail=detail, request=request)
    return answer


@transaction.atomic
def stop_answer(*, turn: Turn, by: User, request: Any = None) -> Turn:
    """Stop an answer that is waiting or being written; what was said stays, marked as stopped.

    The worker may be deep in a model; whatever it still finds is dropped, since its job is cancelled.
    """
    if settle_turn(turn=turn).is_finished or turn.job is None:
        return turn
    try:
        cancel_job(job=turn.job, by=by)
    except JobNotCancellableError:
        return settle_turn(turn=turn)
    mark_stopped(turn)
    patient_id = turn.conversation.patient_id
    record(action="consult.stop", by=by, patient_id=patient_id, obj=turn, request=request)
    return turn


@transaction.atomic
def answer_again(*, turn: Turn, by: User, request: Any = None) -> Turn:
    """Let a failed or stopped answer be tried again.

    Raises NothingToRepeatError, AnswerPendingError or ConsentWithdrawnError.
    """
    locked = _locked(turn.conversation)
    _expect_consent(locked.patient)
    _expect_no_pending(locked)
    settle_turn(turn=turn)
    if turn.status not in (Turn.Status.FAILED, Turn.Status.STOPPED):
        raise NothingToRepeatError
    if turn.job is None or turn.job.is_active:
        # A stopped job may not have heard of it yet; it is left to end, and another takes its place.
        turn.job = _enqueue(turn, by, again=str(timezone.now().timestamp()))
        turn.save(update_fields=["job"])
    else:
        retry_job(job=turn.job, by=by)
    mark_waiting(turn)
    record(action="consult.ask", by=by, patient_id=locked.patient_id, obj=turn, request=request)
    return turn


def _message(text: str) -> str:
    message = clean(text).strip()
    if not message:
        raise EmptyMessageError
    if len(message) > MOST_CHARACTERS:
        raise MessageTooLongError(length=f"{len(message):,}", limit=f"{MOST_CHARACTERS:,}")
    return message


def _locked(conversation: Conversation) -> Conversation:
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("patient")
    return rows.get(pk=conversation.pk)


def _expect_consent(patient: Patient | None) -> None:
    if patient is not None and not patient.ai_consent:
        raise ConsentWithdrawnError


def _expect_no_pending(conversation: Conversation) -> None:
    for turn in conversation.turns.filter(status__in=[Turn.Status.WAITING, Turn.Status.STREAMING]):
        if not settle_turn(turn=turn).is_finished:
            raise AnswerPendingError


def _add_turn(conversation: Conversation, **fields: Any) -> Turn:
    last = conversation.turns.aggregate(last=Max("number"))["last"] or 0
    return Turn.objects.create(conversation=conversation, number=last + 1, **fields)


def _notice(conversation: Conversation, code: str) -> Turn:
    return _add_turn(conversation, role=Turn.Role.NOTICE, notice_code=code)


def _answer(conversation: Conversation, by: User) -> Turn:
    turn = _add_turn(conversation, role=Turn.Role.ASSISTANT, status=Turn.Status.WAITING)
    turn.job = _enqueue(turn, by)
    turn.save(update_fields=["job"])
    return turn


def _enqueue(turn: Turn, by: User, again: str = "") -> Any:
    return enqueue_job(
        kind=ANSWER_KIND,
        payload={"turn": str(turn.pk)},
        by=by,
        idempotency_key=f"answer:{turn.pk}{again}",
        patient_id=turn.conversation.patient_id,
        group=turn.conversation_id,
        priority=20,
    )


def _touch(conversation: Conversation, message: str) -> None:
    conversation.title = conversation.title or Truncator(" ".join(message.split())).chars(TITLE_CHARACTERS)
    conversation.changed_at = timezone.now()
    conversation.save(update_fields=["title", "changed_at"])
