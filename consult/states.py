"""The moves of a turn from state to state, kept in step with the job that fills it."""

from django.utils import timezone

from consult.models import Delta, Turn
from medapp.jobs.models import ACTIVE
from medapp.jobs.models import Status as JobStatus


def settle_turn(*, turn: Turn) -> Turn:
    """Bring a turn in step with its job: one that ended without finishing it, or that somebody let run again."""
    fresh = Turn.objects.select_related("job").get(pk=turn.pk)
    turn.status, turn.text, turn.job = fresh.status, fresh.text, fresh.job
    if turn.job is None or turn.status == Turn.Status.COMPLETE:
        return turn
    if turn.is_finished:
        _wake(turn)
    elif turn.job.status == JobStatus.CANCELLED:
        mark_stopped(turn)
    elif turn.job.status == JobStatus.PARKED:
        mark_failed(turn)
    return turn


def mark_stopped(turn: Turn) -> None:
    """Keep what was said so far, marked as stopped; it cannot be signed."""
    _end(turn, Turn.Status.STOPPED)


def mark_failed(turn: Turn) -> None:
    """Keep what was said so far, marked as failed; the job has the reason."""
    _end(turn, Turn.Status.FAILED)


def mark_waiting(turn: Turn) -> None:
    """Empty a turn for another attempt; readers who still show its pieces are told to begin anew."""
    turn.status, turn.text, turn.finished_at = Turn.Status.WAITING, "", None
    turn.save(update_fields=["status", "text", "finished_at"])
    turn.statements.all().delete()
    last = turn.deltas.order_by("-sequence").values_list("sequence", flat=True).first()
    if last is not None:
        Delta.objects.create(turn=turn, sequence=last + 1, text="", is_restart=True)


def text_so_far(turn: Turn) -> str:
    """Return what the deltas of the latest attempt say."""
    parts: list[str] = []
    for delta in turn.deltas.all():
        parts = [] if delta.is_restart else [*parts, delta.text]
    return "".join(parts).strip()


def _end(turn: Turn, status: Turn.Status) -> None:
    """One statement, and never over a finished answer: the worker may have been quicker."""
    ended = {"status": status, "text": text_so_far(turn), "finished_at": timezone.now()}
    Turn.objects.filter(pk=turn.pk).exclude(status=Turn.Status.COMPLETE).update(**ended)
    turn.refresh_from_db(fields=["status", "text", "finished_at"])


def _wake(turn: Turn) -> None:
    job = turn.job
    if job is not None and job.status in ACTIVE and job.cancel_requested_at is None:
        mark_waiting(turn)
