"""Server-sent events over a polled table: one small query a stream and tick, no thread held between ticks."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, StreamingHttpResponse

# All streams of a process share these threads, so that a hundred open pages are not a hundred connections.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="stream")

INTERVAL_SECONDS = 0.15
HEARTBEAT_SECONDS = 15.0
# A stream ends now and then; the browser comes back by itself, perhaps to a newer version of the server.
LIFE_SECONDS = 300.0
RETRY_MILLISECONDS = 500


@dataclass(frozen=True)
class StreamEvent:
    """One event. ``id`` is what the browser sends back as Last-Event-ID, so it must say where to go on."""

    id: str
    data: dict[str, Any] | None
    event: str = "message"


Fetch = Callable[[str], Iterable[StreamEvent]]


async def event_stream(
    fetch: Fetch,
    *,
    last_id: str = "",
    interval: float = INTERVAL_SECONDS,
    heartbeat: float = HEARTBEAT_SECONDS,
    life: float = LIFE_SECONDS,
    is_over: Callable[[], bool] = lambda: False,
) -> AsyncIterator[bytes]:
    """Yield what ``fetch(last_id)`` finds, asked every ``interval`` seconds, as encoded server-sent events.

    ``fetch`` runs in a thread and may use the database. The stream ends after ``life`` seconds, or once a round
    found nothing and ``is_over()``.
    """
    begun = spoken_at = time.monotonic()
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    while time.monotonic() - begun < life:
        events = await _fetched(fetch, last_id)
        for event in events:
            last_id = event.id
            yield encode(event)
        if events:
            spoken_at = time.monotonic()
        elif is_over():
            return
        elif time.monotonic() - spoken_at >= heartbeat:
            spoken_at = time.monotonic()
            yield b": still here\n\n"
        await asyncio.sleep(interval)


def stream_response(stream: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Return a response that neither a browser nor a proxy holds back."""
    response = StreamingHttpResponse(stream, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-cache, no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def last_event_id(request: HttpRequest) -> str:
    """Return where the reader left off: the browser's own header, or ``last_id`` of our script's reconnect."""
    return request.headers.get("Last-Event-ID", "") or request.GET.get("last_id", "")


def encode(event: StreamEvent) -> bytes:
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event.id}\nevent: {event.event}\ndata: {data}\n\n".encode()


async def _fetched(fetch: Fetch, last_id: str) -> list[StreamEvent]:
    return await sync_to_async(_fetch_and_close, thread_sensitive=False, executor=_threads)(fetch, last_id)


def _fetch_and_close(fetch: Fetch, last_id: str) -> list[StreamEvent]:
    # A thread of the pool keeps its connection as long as the settings allow, and drops a broken one.
    close_old_connections()
    try:
        return list(fetch(last_id))
    finally:
        close_old_connections()
