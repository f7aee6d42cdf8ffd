"""Verification: each event is recomputed, linked to the one before, and the end compared with the head.

Found are an event that was changed, one that is missing (also at the end), one that stands in another place,
one that was added past the head, a head written without the key, and a database without its triggers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max

from medapp.audit import triggers
from medapp.audit.hashing import COVERED, GENESIS, event_hash, is_signed
from medapp.audit.models import ChainHead, Event

CHUNK_ROWS = 2000
COLUMNS = (*COVERED, "previous_hash", "hash")
Row = dict[str, Any]


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold.

    ``kind`` is changed, missing, re-ordered, added, head-missing, head-forged, unguarded or not-as-exported.
    """

    sequence: int
    kind: str


@dataclass(frozen=True)
class ChainReport:
    """``count`` events were found to hold, the last of them with ``head_hash``."""

    count: int
    head_hash: str
    broken: Break | None = None

    @property
    def exported_head(self) -> str:
        """What to write down elsewhere, to compare with later."""
        return f"{self.count}:{self.head_hash}"


def verify() -> Break | None:
    """Return the first break, or None where the whole chain holds."""
    return examine().broken


def examine(*, expected: str = "", on_progress: Callable[[int], None] | None = None) -> ChainReport:
    """Read the whole chain as a stream.

    ``expected`` is the ``exported_head`` of an earlier report: that event must still stand as it was.
    """
    head = ChainHead.objects.filter(pk=ChainHead.ONLY_ID).first()
    end = head.sequence if head is not None else Event.objects.aggregate(last=Max("sequence"))["last"] or 0
    report = _walk(end, expected, on_progress or (lambda count: None))
    if report.broken is not None:
        return report
    broken = _head_break(head, report) or _tail_break(report.count) or _guard_break(report.count)
    return ChainReport(report.count, report.head_hash, broken)


def _walk(end: int, expected: str, on_progress: Callable[[int], None]) -> ChainReport:
    """Check the events 1 to ``end``, each against the one before."""
    count, previous, before = 0, GENESIS, ""
    wanted = _parsed(expected)
    for row in _rows(end):
        kind = _fault(row, count + 1, previous)
        if kind is not None:
            return ChainReport(count, previous, _named(kind, row, count, before))
        count, previous, before = row["sequence"], row["hash"], row["previous_hash"]
        if count in wanted and wanted[count] != previous:
            return ChainReport(count - 1, before, Break(count, "not-as-exported"))
        if count % CHUNK_ROWS == 0:
            on_progress(count)
    missing = count + 1 if count < max([end, *wanted]) else None
    return ChainReport(count, previous, Break(missing, "missing") if missing else None)


def _rows(end: int) -> Iterator[Row]:
    events = Event.objects.filter(sequence__lte=end).order_by("sequence").values(*COLUMNS)
    return iter(events.iterator(chunk_size=CHUNK_ROWS))


def _fault(row: Row, expected_sequence: int, previous: str) -> str | None:
    if row["sequence"] != expected_sequence:
        return "missing"
    is_own = event_hash(row, row["previous_hash"]) == row["hash"]
    if row["previous_hash"] != previous:
        return "relinked" if is_own else "re-ordered"
    return None if is_own else "changed"


def _named(kind: str, row: Row, count: int, before: str) -> Break:
    """Say which event is at fault: a sound event that links elsewhere accuses the one before it."""
    if kind == "missing":
        return Break(count + 1, "missing")
    if kind == "relinked":
        return Break(max(count, 1), "changed")
    return Break(row["sequence"], kind)


def _head_break(head: ChainHead | None, report: ChainReport) -> Break | None:
    if head is None:
        return Break(report.count, "head-missing") if report.count else None
    if head.hash != report.head_hash:
        return Break(report.count, "changed")
    if not is_signed(head.seal, head.sequence, head.hash):
        return Break(report.count, "head-forged")
    return None


def _tail_break(count: int) -> Break | None:
    """Find events past the head. The head is read last, so that events written meanwhile are not accused."""
    last = Event.objects.aggregate(last=Max("sequence"))["last"] or 0
    head = ChainHead.objects.filter(pk=ChainHead.ONLY_ID).values_list("sequence", flat=True).first() or 0
    return Break(max(head, count) + 1, "added") if last > head else None


def _guard_break(count: int) -> Break | None:
    return Break(count, "unguarded") if triggers.missing(connection) else None


def _parsed(expected: str) -> dict[int, str]:
    """Raises ValueError where ``expected`` is not ``number:hash``."""
    if not expected:
        return {}
    number, _, digest = expected.partition(":")
    if len(digest) != len(GENESIS):
        raise ValueError(expected)
    return {int(number): digest} if int(number) else {}
