"""An answer's pieces, written as rows under the job's fence a few times a second."""

import time

from consult import engines
from consult.models import Citation, Delta, Turn
from consult.passages import Found
from consult.text import clean
from medapp.jobs.claims import Claim

# One transaction a token would cost more than the token; a reader sees no difference below a tenth of a second.
FLUSH_SECONDS = 0.06


class DeltaWriter:
    """Begins a turn's answer and collects its pieces. A second attempt empties what the first one showed."""

    def __init__(self, turn: Turn, claim: Claim, found: list[Found]) -> None:
        self._turn, self._claim = turn, claim
        self._pending: list[str] = []
        self._all: list[str] = []
        self._flushed_at = 0.0
        with claim.fenced():
            self._next = self._begin(found)

    @property
    def text(self) -> str:
        """Everything that was added."""
        return "".join(self._all).strip()

    def add(self, piece: str) -> None:
        """Add a piece. Raises JobCancelled or LeaseLost as soon as the claim learns of it."""
        self._claim.beat()
        piece = clean(piece)
        self._pending.append(piece)
        self._all.append(piece)
        if time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self._flush()

    def close(self) -> None:
        """Write the last pieces; the caller is in the job's saving transaction, which has checked the fence."""
        self._write()

    def _begin(self, found: list[Found]) -> int:
        """Mark the turn as being written, store its citations, and return the number of the next delta."""
        turn = self._turn
        turn.status, turn.model_name = Turn.Status.STREAMING, engines.chat_label()
        turn.is_demonstration = engines.is_demonstration()
        turn.save(update_fields=["status", "model_name", "is_demonstration"])
        turn.citations.all().delete()
        Citation.objects.bulk_create(_citation(turn, n, item) for n, item in enumerate(found, start=1))
        last = turn.deltas.order_by("-sequence").values_list("sequence", flat=True).first()
        if last is None:
            return 1
        Delta.objects.create(turn=turn, sequence=last + 1, text="", is_restart=True)
        return int(last) + 2

    def _flush(self) -> None:
        with self._claim.fenced():
            self._write()
        self._flushed_at = time.monotonic()

    def _write(self) -> None:
        text = "".join(self._pending)
        if text:
            Delta.objects.create(turn=self._turn, sequence=self._next, text=text)
            self._next += 1
        self._pending.clear()


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
