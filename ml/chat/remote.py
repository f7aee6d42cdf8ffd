"""Any OpenAI-compatible chat server (vLLM, Ollama, llama.cpp): POST /chat/completions, streamed.

Contract: server-sent events, each `data: {"choices": [{"delta": {"content": ...}}]}`, ended by
`data: [DONE]` or a `finish_reason`. Nothing of httpx leaks out: every failure is a ChatServerError.
Prompts and answers are never logged.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from ml.chat.errors import ChatServerError
from ml.chat.messages import Message, StopCheck

if TYPE_CHECKING:
    from ml.chat import ChatConfig

DONE = "[DONE]"
MAX_EVENT_CHARACTERS = 1_000_000


class RemoteEngine:
    """Implements ml.chat.Engine. Safe to share between threads."""

    def __init__(self, config: "ChatConfig", transport: httpx.BaseTransport | None = None) -> None:
        self.name = config.model or "default"
        self.version = "remote"
        self.context_tokens = config.context_tokens
        # trust_env off: patients' words go to the configured server, never through a proxy from
        # the environment. httpx follows no redirect unless told to.
        self._client = httpx.Client(
            base_url=config.base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {config.api_key}"} if config.api_key else {},
            timeout=httpx.Timeout(config.silent_seconds, connect=config.connect_seconds),
            trust_env=False,
            transport=transport,
        )

    def count_tokens(self, text: str) -> int:
        """An estimate on the safe side: a token for each character outside ASCII, each third within."""
        ascii_count = sum(character.isascii() for character in text)
        return len(text) - ascii_count + (ascii_count + 2) // 3

    def check(self) -> None:
        """Raises ChatServerError unless the server lists its models."""
        with _named_failures():
            response = self._client.get("/models")
            _expect_success(response)
            _parse(response.text, "the list of models")

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 384,
        temperature: float = 0.0,
        stop: StopCheck | None = None,
    ) -> Iterator[str]:
        """See ml.chat.Engine. `stop` is asked between events; a server that falls silent is left
        after the configured time."""
        body = {
            "model": self.name,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": True,
        }
        with _named_failures(), self._client.stream("POST", "/chat/completions", json=body) as response:
            _expect_success(response)
            for piece in _pieces(response.iter_lines()):
                if stop and stop():
                    return
                if piece:
                    yield piece


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    """Text of each event, "" for events without; raises when the stream ends before the answer."""
    finished = False
    for line in lines:
        if len(line) > MAX_EVENT_CHARACTERS:
            raise ChatServerError("garbage", "an event is too large")
        field, _, value = line.partition(":")
        if field != "data":
            yield ""  # a comment, a heartbeat or a blank line between events
            continue
        if value.strip() == DONE:
            return
        piece, finished = _read_event(value, finished)
        yield piece
    if not finished:
        raise ChatServerError("cut-short", "the stream ended before the answer")


def _read_event(value: str, finished: bool) -> tuple[str, bool]:
    event = _parse(value, "an event")
    if event.get("error"):
        raise ChatServerError("server-error", "the server reported an error in its stream")
    try:
        choices = event.get("choices") or [{}]  # a closing usage event has none
        piece = (choices[0].get("delta") or {}).get("content") or ""
        finished = finished or bool(choices[0].get("finish_reason"))
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ChatServerError("garbage", "an event lacks its fields") from error
    if not isinstance(piece, str):
        raise ChatServerError("garbage", "an event's content is not text")
    return piece, finished


def _parse(text: str, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ChatServerError("garbage", f"{what} is not JSON") from error
    if not isinstance(value, dict):
        raise ChatServerError("garbage", f"{what} is not an object")
    return value


def _expect_success(response: httpx.Response) -> None:
    if response.status_code != httpx.codes.OK:
        raise ChatServerError("http-status", f"HTTP {response.status_code}", response.status_code)


@contextmanager
def _named_failures() -> Iterator[None]:
    """httpx's errors by our names. Their texts are left out: they may quote the request."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise ChatServerError("timeout", type(error).__name__) from error
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise ChatServerError("cut-short", type(error).__name__) from error
    except (httpx.DecodingError, UnicodeDecodeError) as error:
        raise ChatServerError("garbage", type(error).__name__) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ChatServerError("unreachable", type(error).__name__) from error
