"""A consultation whose question is too long, and whose chat server is away or speaks nonsense."""

import pytest
from django.urls import reverse

from consult import engines
from consult.models import Turn
from medapp.jobs import bell as bell_module
from medapp.jobs.models import Job
from tests.attack.conftest import signed_in
from tests.factories import consult
from tests.ml.chat_stub import Script, chat_server

AWAY = "http://127.0.0.1:9/v1"  # the port of "discard", where nobody listens
GARBAGE = Script([b"<html>\x00\xff garbage" * 50])


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    """No broker is rung, and retrieval costs nothing."""
    encoder = consult.WordEncoder()
    monkeypatch.setattr(bell_module.bell, "ring", lambda kind, bells=1: True)
    monkeypatch.setattr(engines, "encoder", lambda: encoder)
    engines.chat.cache_clear()
    yield
    engines.chat.cache_clear()


@pytest.fixture
def address(browser, patient) -> str:
    browser.post(reverse("patient-consult", args=[patient.pk]))
    return reverse("ask", args=[patient.conversations.get().pk])


@pytest.mark.parametrize("language, words", [("en", "The message has"), ("zh-hans", "字")])
def test_message_of_100_kb_is_refused_and_stays_in_the_form(doctor, address, language, words):
    doctor.language = language
    doctor.save()
    text = "痛" * 33_000 + "end"

    answer = signed_in(doctor).post(address, {"text": text})

    page = answer.content.decode()
    assert answer.status_code == 413
    assert words in page
    assert "痛痛痛end" in page
    assert not Turn.objects.exists()


@pytest.mark.parametrize("text", ["", " \n\t", "\x00", "‮", "​"])
def test_message_without_words_is_refused_or_asked_but_no_error(browser, address, text):
    assert browser.post(address, {"text": text}).status_code in (302, 400)


def ask_in_vain(browser, address, url, settings) -> Turn:
    settings.CHAT_SERVER_URL, settings.CHAT_SERVER_MODEL, settings.CHAT_TIMEOUT_SECONDS = url, "stub", 2
    assert browser.post(address, {"text": "王小明 has a cough, why?"}).status_code == 302
    for _attempt in range(3):
        consult.work()
    return Turn.objects.get(role="assistant")


@pytest.mark.parametrize("script", [None, GARBAGE, Script(status=503), Script(status=401)])
def test_server_that_gives_no_answer_is_said_on_the_page_in_both_languages(
    browser, doctor, address, settings, script
):
    if script is None:
        turn = ask_in_vain(browser, address, AWAY, settings)
    else:
        with chat_server(script) as url:
            turn = ask_in_vain(browser, address, url, settings)

    english = browser.get(address.removesuffix("ask/")).content.decode()
    doctor.language = "zh-hans"
    doctor.save()
    chinese = browser.get(address.removesuffix("ask/")).content.decode()

    assert browser.get(reverse("turn", args=[turn.pk])).status_code == 200
    assert "The chat server" in english
    assert "The chat server" not in chinese
    assert "cough, why?" in english


def test_question_goes_neither_into_the_job_nor_its_failure(browser, address, settings):
    ask_in_vain(browser, address, AWAY, settings)

    rows = str(list(Job.objects.values()))

    assert "cough" not in rows
    assert "王小明" not in rows
