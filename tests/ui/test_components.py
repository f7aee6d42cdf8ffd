"""Each component in each state, in both languages, through the style guide and by itself."""

import re
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from medapp.errors import UnavailableError
from medapp.ui import examples

pytestmark = pytest.mark.urls("tests.ui.urls")
LANGUAGES = ("en", "zh-hans")


def component(name: str, **context: object) -> str:
    return render_to_string(f"components/{name}.html", context, RequestFactory().get("/"))


def example(key: str, status: str) -> dict[str, object]:
    return next(item for item in examples.context()[key] if item["status"] == status)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_style_guide_draws_every_component(client: Client, language: str) -> None:
    client.cookies["django_language"] = language

    response = client.get("/styleguide")

    assert response.status_code == 200
    assert ("AI 生成" in response.text) is (language == "zh-hans")


def test_an_open_suggestion_offers_three_decisions_with_their_keys() -> None:
    with translation.override("en"):
        drawn = component("_suggestion", suggestion=example("suggestions", "open"))

    assert re.findall(r'name="verdict" value="(\w+)"', drawn) == ["accept", "edit", "reject"]
    assert [f'data-key="{key}"' in drawn for key in "aer"] == [True, True, True]
    assert 'data-status="open"' in drawn


def test_a_decided_suggestion_names_the_doctor_and_offers_nothing() -> None:
    drawn = component("_suggestion", suggestion=example("suggestions", "accepted"))

    assert "李文博" in drawn
    assert "verdict" not in drawn


def test_an_abstention_states_its_reason_and_no_probability() -> None:
    drawn = component("_suggestion", suggestion=example("suggestions", "abstained"))

    assert "ai-verdict" in drawn
    assert "probability" not in drawn


def test_a_probability_stands_with_word_interval_and_frequency() -> None:
    with translation.override("en"):
        drawn = component("_suggestion", suggestion=example("suggestions", "open"))

    assert "87 %" in drawn
    assert "(81–92)" in drawn
    assert "likely. Right in about 87 of 100 such pictures." in drawn


def test_a_label_that_was_not_assessed_shows_no_bar() -> None:
    with translation.override("en"):
        drawn = component("_probability", item={"name": "Effusion", "probability": None})

    assert "not assessed" in drawn
    assert "<svg" not in drawn


def test_a_running_job_can_be_cancelled_and_a_failed_one_tried_again() -> None:
    running = component("_progress", job=example("jobs", "running"))
    failed = component("_progress", job=example("jobs", "parked"))

    assert 'max="260" value="118"' in running
    assert "retry" in failed
    assert "<progress" not in failed


def test_an_error_says_what_to_do_next() -> None:
    with translation.override("en"):
        drawn = component("_error", error=UnavailableError(part="chat"))

    assert "away at the moment: chat" in drawn
    assert "Nothing is lost." in drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_a_page_with_ways_on(language: str) -> None:
    with translation.override(language):
        drawn = render_to_string(
            "error.html", {"error": UnavailableError(part="chat")}, RequestFactory().get("/x")
        )

    assert 'href="/"' in drawn
    assert "unavailable" in drawn


@pytest.mark.parametrize("status", [403, 404, 500])
def test_the_last_resort_needs_no_request(status: int) -> None:
    assert "<h1>" in render_to_string(f"{status}.html")


def test_text_of_people_is_escaped() -> None:
    turn = {"id": "1", "role": "user", "text": "<script>", "author": "<b>", "at": None, "status": "complete"}

    drawn = component("_message", turn=turn)

    assert "<script>" not in drawn
    assert "<b>" not in drawn


def test_the_banner_shows_severe_allergies_as_such() -> None:
    patient = SimpleNamespace(name_zh="王伟", name_latin="", birth_date=None, deceased_date=None, mrn="1")
    banner = {"allergies": [{"text": "青霉素", "is_severe": True}], "alerts": [], "team": []}

    drawn = component("_banner", patient=patient, banner=banner)

    assert "badge-bad" in drawn
    assert "青霉素" in drawn


def test_a_model_without_a_name_of_its_own_is_shown_by_its_title() -> None:
    assert "SmolLM2" in component("_ai_badge", model={"title": "SmolLM2", "version": ""})
