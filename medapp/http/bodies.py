"""A limit on request bodies in front of Django, which would write a body of any size to disk before a view runs."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.utils import translation

from medapp.errors import TooLargeError
from medapp.http import problem

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]
MIB = 1024 * 1024


class _BodyTooLarge(Exception):
    """Unwinds the application that is reading the body."""


class BodyLimit:
    """ASGI middleware. Bytes: ``upload`` for addresses that take images, ``ordinary`` for all others."""

    def __init__(self, app: App, *, ordinary: int, upload: int) -> None:
        self.app, self.ordinary, self.upload = app, ordinary, upload

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.upload if "/uploads/" in scope["path"] else self.ordinary
        headers = dict(scope["headers"])
        if not _fits(headers.get(b"content-length"), limit):
            return await _refuse(send, headers, limit)
        try:
            await self.app(scope, _counted(receive, limit), send)
        except _BodyTooLarge:
            # Django reads the whole body before it answers, so nothing has been sent yet.
            await _refuse(send, headers, limit)
        return None


def _fits(length: bytes | None, limit: int) -> bool:
    if length is None:
        return True
    return length.isdigit() and len(length) < 20 and int(length) <= limit


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _BodyTooLarge
        return message

    return counted


async def _refuse(send: Send, headers: dict[bytes, bytes], limit: int) -> None:
    is_chinese = headers.get(b"accept-language", b"zh").lower().startswith(b"zh")
    with translation.override("zh-hans" if is_chinese else "en"):
        document = problem.document(TooLargeError(limit=f"{limit // MIB:,} MiB"))
    body = json.dumps(document, ensure_ascii=False).encode()
    kind = problem.CONTENT_TYPE.encode()
    fields = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": fields})
    await send({"type": "http.response.body", "body": body})
