"""An answer as server-sent events: deltas in order, resumed after the last one that was seen, then the end."""

from django.http import HttpRequest, StreamingHttpResponse

from consult.models import Delta, Turn
from consult.services import settle_turn
from medapp.http.typed import whole_number
from medapp.jobs.stream import StreamEvent, event_stream, last_event_id, stream_response

INTERVAL_SECONDS = 0.08
END = "end"


class TurnEvents:
    """What a reader of ``turn`` has not seen yet. An event's id is the sequence of its delta."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self.is_over = False

    def __call__(self, last_id: str) -> list[StreamEvent]:
        if self.is_over or last_id == END:
            self.is_over = True
            return []
        # The state is read before the deltas: what is finished afterwards is told in the next round.
        is_finished = settle_turn(turn=self._turn).is_finished
        seen = whole_number(last_id, 0)
        events = [_event(delta) for delta in Delta.objects.filter(turn=self._turn, sequence__gt=seen)]
        if is_finished:
            self.is_over = True
            events.append(StreamEvent(END, {"status": self._turn.status}, END))
        return events


async def turn_stream(request: HttpRequest, turn: Turn) -> StreamingHttpResponse:
    events = TurnEvents(turn)
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
