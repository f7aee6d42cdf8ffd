"""Requests larger than anybody sends by hand: 413 in words, before they fill memory or disk."""

import asyncio

import pytest
from django.urls import reverse

from medapp.http.bodies import BodyLimit
from tests.api.conftest import program
from tests.factories import diagnosis

MIB = 1024 * 1024


def test_form_over_the_limit_is_413_in_words(browser, patient):
    answer = browser.post(reverse("note-new", args=[patient.pk]), {"kind": "progress", "text": "x" * 9 * MIB})

    assert answer.status_code == 413
    assert "larger than the limit" in answer.content.decode()


def test_form_with_thousands_of_fields_is_413(browser, patient):
    answer = browser.post(reverse("note-new", args=[patient.pk]), {str(number): "" for number in range(1500)})

    assert answer.status_code == 413


def test_json_over_the_limit_is_413(doctor, patient):
    address = f"/api/suggestions/{diagnosis.suggestion(patient).pk}/decisions/"

    answer = program(doctor).post(
        address, '{"verdict": "' + "x" * 9 * MIB + '"}', content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def _swallow(scope, receive, send):
    """An application that reads the whole body, as Django does."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"read"})


def ask(path: str, chunks: int, length: str | None = None, language: bytes = b"en") -> list[dict]:
    """Send ``chunks`` of 1 MiB to the limit in front of an application; return what was sent back."""
    headers = [(b"accept-language", language)] + ([(b"content-length", length.encode())] if length else [])
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    bodies = iter(range(chunks))
    sent: list[dict] = []

    async def receive() -> dict:
        number = next(bodies)
        return {"type": "http.request", "body": b"x" * MIB, "more_body": number + 1 < chunks}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(BodyLimit(_swallow, ordinary=4 * MIB, upload=8 * MIB)(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    "path, chunks, status",
    [("/patients/new", 4, 200), ("/patients/new", 5, 413), ("/uploads/x/files", 8, 200), ("/uploads/x/files", 9, 413),
     ("/patients/1/uploads/", 8, 200), ("/account/login/", 5, 413)],
)  # fmt: skip
def test_body_is_counted_as_it_comes(path, chunks, status):
    assert ask(path, chunks)[0]["status"] == status


@pytest.mark.parametrize("length, status", [("5242880", 413), ("-5", 413), ("x", 413), ("1048576", 200)])
def test_body_is_refused_by_the_length_it_claims(length, status):
    sent = ask("/patients/new", 1, length)

    assert sent[0]["status"] == status
    if status == 413:
        assert dict(sent[0]["headers"])[b"content-type"] == b"application/problem+json"


def test_refusal_speaks_the_readers_language():
    assert "超过了上限" in ask("/patients/new", 1, "9999999", b"zh-CN")[1]["body"].decode()
