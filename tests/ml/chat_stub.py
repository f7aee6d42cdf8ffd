"""A chat server that answers as it is told to, over real HTTP on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def event(piece: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": piece}, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice]}, ensure_ascii=False).encode() + b"\n\n"


@dataclass
class Script:
    """What to send: a status, then pieces of the body. `hold` is waited for before the last."""

    pieces: list[bytes] = field(default_factory=list)
    status: int = 200
    announce_more: bool = False  # promise a longer body than is sent
    hold: threading.Event | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def chat_server(script: Script) -> Iterator[str]:
    """Yields the base address, up to and with /v1."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            script.asked.append({"path": self.path, **json.loads(body)})
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            script.headers.append(dict(self.headers))
            self.send_response(script.status)
            length = sum(map(len, script.pieces)) + 1000 * script.announce_more
            self.send_header("Content-Length", str(length))
            self.end_headers()
            for number, piece in enumerate(script.pieces):
                if script.hold and number == len(script.pieces) - 1:
                    script.hold.wait(10)
                self.send(piece)

        def send(self, piece: bytes) -> None:
            try:
                self.wfile.write(piece)
                self.wfile.flush()
            except OSError:
                return  # the client has gone, as some tests want

        def log_message(self, *words: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        if script.hold:
            script.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
