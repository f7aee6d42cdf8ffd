"""The job that answers one question: retrieve, generate, store deltas as they come, lock to the evidence."""

import time
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from consult import engines, extract
from consult.evidence import support
from consult.models import Citation, Delta, Statement, Turn
from consult.retrieval import Found, reader_language, retrieve, speak
from diagnosis.errors import ConsentWithdrawnError
from medapp.errors import MedappError
from medapp.jobs.claims import Claim
from medapp.jobs.errors import JobCancelled
from ml.chat.messages import Message
from ml.chat.prompts import Passage, build_prompt

ANSWER_KIND = "consult.answer"
# One transaction a token would cost more than the token; a reader sees no difference below a tenth of a second.
FLUSH_SECONDS = 0.06
MAX_TOKENS = 320
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


def mark_stopped(turn: Turn) -> None:
    """Keep what was said so far, marked as stopped; it cannot be signed."""
    turn.text, turn.status, turn.finished_at = _text_so_far(turn), Turn.Status.STOPPED, timezone.now()
    turn.save(update_fields=["text", "status", "finished_at"])


def _answer(turn: Turn, claim: Claim) -> Any:
    patient = turn.conversation.patient
    if patient is not None and not patient.ai_consent:
        raise ConsentWithdrawnError
    question = _question_before(turn)
    language = reader_language(question)
    with speak(language):
        found = retrieve(question, patient, turn.conversation.owner, engines.encoder())
    writer = DeltaWriter(turn, claim, found)
    for piece in _generate(turn, question, language, found):
        writer.add(piece)
    return lambda: finish(turn, writer.close(), found)


def _generate(turn: Turn, question: str, language: str, found: list[Found]) -> Iterator[str]:
    """Yield the answer's pieces: quotations alone where the local model does not know the language."""
    engine = engines.chat()
    if engines.is_demonstration() and language == "zh":
        yield from extract.quote(question, found)
        return
    prompt = build_prompt(
        question,
        [Passage(item.title, item.text) for item in found],
        language=language,
        count=engine.count_tokens,
        context_tokens=engine.context_tokens,
        history=_history(turn),
    )
    yield from engines.translated(engine.stream(prompt.messages, max_tokens=MAX_TOKENS))


class DeltaWriter:
    """Collects pieces and writes them as rows under the fence, a few times a second."""

    def __init__(self, turn: Turn, claim: Claim, found: list[Found]) -> None:
        self.turn, self.claim = turn, claim
        self._pending: list[str] = []
        self._all: list[str] = []
        self._flushed_at = 0.0
        with claim.fenced():
            self._next = self._begin(found)

    def _begin(self, found: list[Found]) -> int:
        """Mark the turn as being written and store its citations; a second attempt empties what was shown."""
        last = self.turn.deltas.order_by("-sequence").values_list("sequence", flat=True).first()
        self.turn.status = Turn.Status.STREAMING
        self.turn.model_name = engines.chat_label()
        self.turn.is_demonstration = engines.is_demonstration()
        self.turn.save(update_fields=["status", "model_name", "is_demonstration"])
        self.turn.citations.all().delete()
        Citation.objects.bulk_create(_citation(self.turn, n, item) for n, item in enumerate(found, start=1))
        if last is None:
            return 1
        Delta.objects.create(turn=self.turn, sequence=last + 1, text="", is_restart=True)
        return last + 2

    def add(self, piece: str) -> None:
        """Add a piece. Raises JobCancelled or LeaseLost as soon as the claim learns of it."""
        self.claim.beat()
        self._pending.append(piece)
        self._all.append(piece)
        if time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        if not self._pending:
            return
        with self.claim.fenced():
            Delta.objects.create(turn=self.turn, sequence=self._next, text="".join(self._pending))
        self._next += 1
        self._pending.clear()
        self._flushed_at = time.monotonic()

    def close(self) -> str:
        """Return the whole answer; the last pieces are written by the saving transaction."""
        if self._pending:
            Delta.objects.create(turn=self.turn, sequence=self._next, text="".join(self._pending))
            self._pending.clear()
        return "".join(self._all).strip()


def finish(turn: Turn, text: str, found: list[Found]) -> dict[str, Any]:
    """Store the whole answer with its statements; runs in the job's saving transaction."""
    turn.statements.all().delete()
    citations = {citation.number: citation for citation in turn.citations.all()}
    used = set()
    for number, sentence in enumerate(support(text, [item.text for item in found]), start=1):
        citation = None if sentence.passage is None else citations[sentence.passage + 1]
        if citation is not None:
            used.add(citation.pk)
        Statement.objects.create(turn=turn, number=number, text=sentence.text, citation=citation)
    turn.citations.filter(pk__in=used).update(is_used=True)
    turn.text, turn.status, turn.finished_at = text, Turn.Status.COMPLETE, timezone.now()
    turn.save(update_fields=["text", "status", "finished_at"])
    return {"turn": str(turn.pk), "statements": turn.statements.count()}


def _citation(turn: Turn, number: int, item: Found) -> Citation:
    return Citation(
        turn=turn,
        number=number,
        source_type=item.source_type,
        source_id=item.source_id,
        title=item.title,
        passage=item.text,
        url=item.url,
        edition=item.edition,
    )


def _question_before(turn: Turn) -> str:
    asked = (
        turn.conversation.turns.filter(role=Turn.Role.USER, number__lt=turn.number)
        .order_by("-number")
        .first()
    )
    return asked.text if asked else ""


def _history(turn: Turn) -> list[Message]:
    """The finished turns before the question, oldest first."""
    rows = turn.conversation.turns.filter(number__lt=turn.number - 1, status=Turn.Status.COMPLETE)
    rows = rows.exclude(role=Turn.Role.NOTICE).order_by("-number")[:HISTORY_TURNS]
    return [Message(role=row.role, content=row.text) for row in reversed(rows)]


def _text_so_far(turn: Turn) -> str:
    parts: list[str] = []
    for delta in turn.deltas.all():
        parts = [] if delta.is_restart else [*parts, delta.text]
    return "".join(parts).strip()
