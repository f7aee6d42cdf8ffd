"""A doctor's moves in a conversation."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from consult.answer import ANSWER_KIND, mark_stopped
from consult.errors import (
    AnswerPendingError,
    AnswerUnfinishedError,
    EmptyMessageError,
    MessageTooLongError,
    NoPatientError,
)
from consult.models import Conversation, Turn
from consult.safety import find_red_flag
from diagnosis.errors import ConsentWithdrawnError
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.jobs.errors import JobNotCancellableError
from medapp.jobs.models import Status as JobStatus
from medapp.jobs.services import cancel_job, enqueue_job
from medapp.records.models import Note, Patient
from medapp.records.services import write_note

MOST_CHARACTERS = 8000
TITLE_CHARACTERS = 60


@transaction.atomic
def start_conversation(*, by: User, patient: Patient | None = None, request: Any = None) -> Conversation:
    """Open a conversation, about a patient or about none. Raises ConsentWithdrawnError."""
    if patient is not None and not patient.ai_consent:
        raise ConsentWithdrawnError
    conversation = Conversation.objects.create(owner=by, patient=patient)
    patient_id = patient.pk if patient else None
    record(action=Action.CONSULT_USE, by=by, patient_id=patient_id, obj=conversation, request=request)
    return conversation


@transaction.atomic
def ask(
    *, conversation: Conversation, text: str, by: User, ignore_red_flag: bool = False, request: Any = None
) -> Turn:
    """Add a question and return the turn that answers it: a fixed notice, or an answer that a job will write.

    Raises EmptyMessageError, MessageTooLongError or AnswerPendingError.
    """
    message = text.strip()
    if not message:
        raise EmptyMessageError
    if len(message) > MOST_CHARACTERS:
        raise MessageTooLongError(length=f"{len(message):,}", limit=f"{MOST_CHARACTERS:,}")
    locked = Conversation.objects.select_for_update().get(pk=conversation.pk)
    _expect_no_pending(locked)
    question = _add_turn(locked, role=Turn.Role.USER, text=message)
    _touch(locked, message)
    flag = None if ignore_red_flag else find_red_flag(message)
    answer = _notice(locked, flag.code) if flag is not None else _answer(locked, by)
    detail = {"question": str(question.pk), "red_flag": flag.code if flag else ""}
    record(
        action=Action.CONSULT_USE,
        by=by,
        patient_id=locked.patient_id,
        obj=answer,
        detail=detail,
        request=request,
    )
    return answer


@transaction.atomic
def stop_answer(*, turn: Turn, by: User) -> Turn:
    """Stop an answer that is waiting or being written; what was said stays, marked as stopped."""
    if turn.is_finished or turn.job is None:
        return turn
    try:
        job = cancel_job(job=turn.job, by=by)
    except JobNotCancellableError:
        return settle_turn(turn=turn)
    if job.status == JobStatus.CANCELLED:
        mark_stopped(turn)
    return turn


def settle_turn(*, turn: Turn) -> Turn:
    """Mark a turn whose job has ended without finishing it, as after a third failed attempt."""
    turn.refresh_from_db()
    if turn.is_finished or turn.job is None:
        return turn
    if turn.job.status == JobStatus.CANCELLED:
        mark_stopped(turn)
    elif turn.job.status == JobStatus.PARKED:
        turn.status, turn.finished_at = Turn.Status.FAILED, timezone.now()
        turn.save(update_fields=["status", "finished_at"])
    return turn


@transaction.atomic
def draft_note(*, turn: Turn, by: User, request: Any = None) -> Note:
    """Take a finished answer into the record as a draft to be signed; struck sentences stay out.

    Raises NoPatientError or AnswerUnfinishedError. Taking the same answer twice gives the same draft.
    """
    patient = turn.conversation.patient
    if patient is None:
        raise NoPatientError
    supported = [s for s in turn.statements.select_related("citation") if not s.is_struck]
    if turn.status != Turn.Status.COMPLETE or turn.role != Turn.Role.ASSISTANT or not supported:
        raise AnswerUnfinishedError
    known = Note.objects.filter(source_type="turn", source_id=str(turn.pk)).first()
    if known is not None:
        return known
    lines = [f"{s.text} [{s.citation.number}]" for s in supported if s.citation]
    sources = [f"[{c.number}] {c.title}" for c in turn.citations.filter(is_used=True)]
    footer = _("AI draft by %(model)s from the consultation.") % {"model": turn.model_name}
    return write_note(
        patient=patient,
        title=turn.conversation.title or _("Consultation"),
        text="\n".join([*lines, "", *sources, "", footer]),
        kind=Note.Kind.CONSULTATION,
        origin=Note.Origin.AI_DRAFT,
        source=("turn", str(turn.pk)),
        by=by,
        request=request,
    )


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
    turn.job = enqueue_job(
        kind=ANSWER_KIND,
        payload={"turn": str(turn.pk)},
        by=by,
        idempotency_key=f"answer:{turn.pk}",
        patient_id=conversation.patient_id,
        group=conversation.pk,
        priority=20,
    )
    turn.save(update_fields=["job"])
    return turn


def _touch(conversation: Conversation, message: str) -> None:
    conversation.title = conversation.title or message[:TITLE_CHARACTERS]
    conversation.changed_at = timezone.now()
    conversation.save(update_fields=["title", "changed_at"])
