"""An answer as server-sent events: deltas in order, resumed after the last one that was seen, then the end."""

import time
from collections.abc import Callable

from django.http import HttpRequest, StreamingHttpResponse

from consult.models import Delta, Turn
from consult.states import settle_turn
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.jobs.models import Job
from medapp.jobs.models import Status as JobStatus
from medapp.jobs.stream import StreamEvent, event_stream, last_event_id, stream_response
from medapp.typed import whole_number

INTERVAL_SECONDS = 0.08
# A right that is lost in mid-answer ends the stream within this time.
LEAVE_SECONDS = 1.0
END = "end"


class TurnEvents:
    """What a reader of ``turn`` has not seen yet. An event's id is the sequence of the last delta before it."""

    def __init__(self, turn: Turn, user: User, clock: Callable[[], float] = time.monotonic) -> None:
        self._turn, self._user, self._clock = turn, user, clock
        self._asked_at: float | None = None
        self._phase: dict[str, object] = {}
        self.is_over = False

    def __call__(self, last_id: str) -> list[StreamEvent]:
        if self.is_over or last_id == END:
            self.is_over = True
            return []
        if not self._has_leave():
            return self._over("gone")
        # The state is read before the deltas: what is finished afterwards is told in the next round.
        is_finished = settle_turn(turn=self._turn).is_finished
        seen = whole_number(last_id, 0)
        events = [_event(delta) for delta in Delta.objects.filter(turn=self._turn, sequence__gt=seen)]
        if is_finished:
            return events + self._over(END)
        return events + self._phase_event(events[-1].id if events else last_id)

    def _over(self, name: str) -> list[StreamEvent]:
        self.is_over = True
        return [StreamEvent(END, {"status": self._turn.status}, name)]

    def _has_leave(self) -> bool:
        """Ask the policy again now and then, with the account as it is by then."""
        now = self._clock()
        if self._asked_at is not None and now - self._asked_at < LEAVE_SECONDS:
            return True
        self._asked_at = now
        user = User.objects.filter(pk=self._user.pk).first()
        return user is not None and can(user, Action.CONSULT_READ, self._turn)

    def _phase_event(self, last_id: str) -> list[StreamEvent]:
        phase = phase_of(self._turn, bool(last_id and last_id != "0"))
        if phase == self._phase:
            return []
        self._phase = phase
        return [StreamEvent(last_id or "0", phase, "phase")]


def phase_of(turn: Turn, has_text: bool) -> dict[str, object]:
    """Say what is being done: queued (with how many ahead), retrying, retrieving, reading or writing."""
    job = turn.job
    if turn.status == Turn.Status.STREAMING and (job is None or job.status == JobStatus.RUNNING):
        return {"phase": "writing" if has_text else "reading"}
    if job is None or job.status == JobStatus.RUNNING:
        return {"phase": "retrieving"}
    if job.attempts:
        return {"phase": "retrying"}
    ahead = Job.objects.filter(queue=job.queue, priority__gte=job.priority, created_at__lt=job.created_at)
    return {
        "phase": "queued",
        "ahead": ahead.filter(status__in=(JobStatus.WAITING, JobStatus.RUNNING)).count(),
    }


async def turn_stream(request: HttpRequest, turn: Turn) -> StreamingHttpResponse:
    user = await request.auser()
    events = TurnEvents(turn, user)  # type: ignore[arg-type]
    stream = event_stream(
        events,
        last_id=last_event_id(request),
        interval=INTERVAL_SECONDS,
        is_over=lambda: events.is_over,
    )
    return stream_response(stream)


def _event(delta: Delta) -> StreamEvent:
    name = "restart" if delta.is_restart else "delta"
    return StreamEvent(str(delta.sequence), {"text": delta.text}, name)
