"""The job that answers one question: retrieve, generate, store deltas as they come, lock to the evidence."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from consult import engines, extract
from consult.deltas import DeltaWriter
from consult.errors import AccessLostError
from consult.evidence import Supported, question_terms, support
from consult.interrupt import interruptible
from consult.models import Statement, Turn
from consult.passages import Found, reader_language, speak
from consult.prompting import prompt_for
from consult.retrieval import retrieve
from consult.states import mark_stopped
from diagnosis.errors import ConsentWithdrawnError
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.audit.services import record
from medapp.errors import MedappError
from medapp.jobs.claims import Claim
from medapp.jobs.errors import JobCancelled

ANSWER_KIND = "consult.answer"
MAX_TOKENS = 320
TERMS_OF_A_QUESTION = 2  # fewer are a follow-up
HISTORY_TURNS = 6


def run(claims: list[Claim]) -> Iterator[tuple[Claim, Any]]:
    """Answer each claimed turn. A stopped one keeps what was said and is marked."""
    for claim in claims:
        turn = Turn.objects.select_related("conversation__patient", "conversation__owner").get(
            pk=claim.job.payload["turn"]
        )
        try:
            yield claim, _answer(turn, claim)
        except JobCancelled:
            mark_stopped(turn)
            raise
        except MedappError as error:
            yield claim, error


def _answer(turn: Turn, claim: Claim) -> Any:
    _expect_leave(turn)
    question = question_before(turn)
    found = _found(turn, question)
    claim.beat()
    writer = DeltaWriter(turn, claim, found)
    if engines.writes(reader_language(question)):
        for piece in _generated(turn, question, found, claim):
            writer.add(piece)
        said = support(writer.text, [item.text for item in found])
        if not engines.is_demonstration() or any(one.passage is not None for one in said):
            return lambda: finish(turn, writer, said)
    else:
        said = []
    quotes = _quotes(question, found)
    if not writer.text:
        for piece in extract.worded(quotes, reader_language(question)):
            writer.add(piece)
    return lambda: finish(turn, writer, extract.as_supported(quotes) + said, is_quoted=True)


def _found(turn: Turn, question: str) -> list[Found]:
    conversation = turn.conversation
    with speak(reader_language(question)):
        return retrieve(topic_of(turn, question), conversation.patient, conversation.owner, engines.encoder())


def _expect_leave(turn: Turn) -> None:
    """What was allowed when it was asked may not be any more. Raises AccessLostError or ConsentWithdrawnError."""
    patient = turn.conversation.patient
    if not can(turn.conversation.owner, Action.CONSULT_USE, turn.conversation):
        raise AccessLostError
    if patient is not None and not patient.ai_consent:
        raise ConsentWithdrawnError


def _quotes(question: str, found: list[Found]) -> list[extract.Quote]:
    encoder = engines.encoder()
    return extract.best_quotes(question, found, encoder.queries, encoder.passages)


def _generated(turn: Turn, question: str, found: list[Found], claim: Claim) -> Iterator[str]:
    engine = engines.chat()
    messages = prompt_for(engine, question, found, history_of(turn)).messages

    def stream(stop: Callable[[], bool]) -> Iterator[str]:
        return engines.translated(engine.stream(messages, max_tokens=MAX_TOKENS, stop=stop))

    def beat_and_go_on() -> bool:
        claim.beat()
        return False

    return interruptible(stream, claim.beat) if engines.is_outside() else stream(beat_and_go_on)


def finish(
    turn: Turn, writer: DeltaWriter, said: list[Supported], *, is_quoted: bool = False
) -> dict[str, Any]:
    """Store the whole answer with its statements; runs in the job's saving transaction."""
    writer.close()
    turn.statements.all().delete()
    kept = _store_statements(turn, said)
    turn.text, turn.status, turn.finished_at = writer.text, Turn.Status.COMPLETE, timezone.now()
    turn.is_quoted = is_quoted and kept > 0
    turn.save(update_fields=["text", "status", "finished_at", "is_quoted"])
    counts = {"passages": turn.citations.count(), "statements": kept, "struck": len(said) - kept}
    owner, patient_id = turn.conversation.owner, turn.conversation.patient_id
    detail = {**counts, "model": turn.model_name, "outside": engines.is_outside()}
    record(action="consult.answer", by=owner, patient_id=patient_id, obj=turn, detail=detail)
    return {"turn": str(turn.pk), **counts}


def _store_statements(turn: Turn, said: list[Supported]) -> int:
    """Write the statements and mark the citations they use; return how many are supported."""
    citations = {citation.number: citation for citation in turn.citations.all()}
    rows = [
        Statement(
            turn=turn, number=number, text=one.text, lead=one.lead, citation=_cited(citations, one.passage)
        )
        for number, one in enumerate(said, start=1)
    ]
    Statement.objects.bulk_create(rows)
    used = {row.citation_id for row in rows if row.citation_id}
    turn.citations.filter(pk__in=used).update(is_used=True)
    return sum(row.citation_id is not None for row in rows)


def _cited(citations: dict[int, Any], passage: int | None) -> Any:
    return None if passage is None else citations[passage + 1]


def question_before(turn: Turn) -> str:
    asked = _questions_before(turn).first()
    return asked.text if asked else ""


def topic_of(turn: Turn, question: str) -> str:
    """What to look for: a short follow-up ("and before that?") is read together with the question before it."""
    if len(question_terms(question)) >= TERMS_OF_A_QUESTION:
        return question
    earlier = _questions_before(turn)[1:2]
    return " ".join([*(row.text for row in earlier), question])


def _questions_before(turn: Turn) -> Any:
    asked = turn.conversation.turns.filter(role=Turn.Role.USER, number__lt=turn.number)
    return asked.order_by("-number")


def history_of(turn: Turn) -> list[Turn]:
    """The finished turns before the question, newest first."""
    rows = turn.conversation.turns.filter(number__lt=turn.number - 1, status=Turn.Status.COMPLETE)
    return list(rows.exclude(role=Turn.Role.NOTICE).order_by("-number")[:HISTORY_TURNS])
