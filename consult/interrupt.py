"""A stream that can be left while it is silent: a chat server may think for a minute, a doctor stops at once."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

BEAT_SECONDS = 0.2
MOST_AHEAD = 64
END = object()


def interruptible(
    stream: Callable[[Callable[[], bool]], Iterator[str]],
    beat: Callable[[], None],
    every: float = BEAT_SECONDS,
) -> Iterator[str]:
    """Yield the pieces of ``stream(stop)``, read by a thread, and call ``beat`` between them and in silences.

    ``beat`` may raise to leave; the thread then ends by itself at the server's next word or its time-out.
    """
    left = threading.Event()
    pieces: queue.Queue[Any] = queue.Queue(MOST_AHEAD)
    threading.Thread(target=_read, args=(stream, pieces, left), name="chat-server", daemon=True).start()
    try:
        while True:
            beat()
            try:
                piece = pieces.get(timeout=every)
            except queue.Empty:
                continue
            if piece is END:
                return
            if isinstance(piece, Exception):
                raise piece
            yield piece
    finally:
        left.set()


def _read(stream: Callable[[Callable[[], bool]], Iterator[str]], pieces: Any, left: threading.Event) -> None:
    last: Any = END
    try:
        for piece in stream(left.is_set):
            if not _put(pieces, piece, left):
                return
    except Exception as error:  # it belongs to the worker's thread, which raises it
        last = error
    _put(pieces, last, left)


def _put(pieces: Any, piece: Any, left: threading.Event) -> bool:
    """Hand on a piece, or tell that nobody reads any more."""
    while not left.is_set():
        try:
            pieces.put(piece, timeout=BEAT_SECONDS)
        except queue.Full:
            continue
        return True
    return False
