"""Step 5: a doctor asks; the answer streams, cites, resumes, stops, and enters the record by a click alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DOCTORS, Arrive
from tests.browser.person import Person

# The bundled model writes English only; Chinese questions are answered by quotations, all at once.
LONG = (
    "Explain in detail how type 2 diabetes is treated, what the targets are, and which problems can follow."
)
ABOUT_DIABETES = {
    "zh-hans": "2型糖尿病首选什么药物？",
    "en": "Which medicine comes first in type 2 diabetes?",
}
PATIENT = {"zh-hans": "D0019", "en": "D0031"}
EMERGENCY = {"zh-hans": "胸痛大汗半小时", "en": "sudden worst headache of my life"}


def begins(doctor: Person, number: str) -> None:
    """Open a new consultation on the patient by the keyboard."""
    doctor.opens_patient(number, "consult/")
    doctor.types("c")
    doctor.sees("#ask-text")


def asks(doctor: Person, text: str) -> None:
    doctor.page.fill("#ask-text", text)
    doctor.page.press("#ask-text", "Control+Enter")
    doctor.sees(".message-user", text)


def waits_for_the_answer(doctor: Person) -> None:
    expect(doctor.page.locator("[data-stream]")).to_have_count(0)
    doctor.sees(".message-assistant .message-text")


def answer_so_far(doctor: Person) -> str:
    """Wait for the first words of the answer that is being written."""
    text = doctor.page.locator("[data-stream] [data-field=text]")
    expect(text).not_to_be_empty()
    return text.inner_text()


def test_an_answer_cites_what_it_rests_on(doctor: Person, language: str) -> None:
    begins(doctor, PATIENT[language])
    doctor.shows("5-empty")
    asks(doctor, ABOUT_DIABETES[language])
    waits_for_the_answer(doctor)

    doctor.page.locator(".message-assistant a.cite").first.click()

    quotation = doctor.sees(".citation[open] blockquote")
    assert len(quotation.inner_text()) > 20
    doctor.shows("5-answer")


def test_a_cited_source_opens(doctor: Person, language: str) -> None:
    begins(doctor, PATIENT[language])
    asks(doctor, ABOUT_DIABETES[language])
    waits_for_the_answer(doctor)
    doctor.page.locator(".citation summary").first.click()

    doctor.page.locator(".citation[open] a").first.click()

    expect(doctor.page).not_to_have_url(re.compile("/consult/"))
    doctor.sees("h1")
    doctor.shows("5-source")


def test_a_reload_and_a_second_device_resume_the_same_answer(
    doctor: Person, arrive: Arrive, language: str
) -> None:
    begins(doctor, PATIENT[language])
    asks(doctor, LONG)
    begun = answer_so_far(doctor)
    doctor.shows("5-streaming")

    doctor.page.reload()
    other = arrive(DOCTORS[language], language, viewport={"width": 768, "height": 1024})
    other.goes_to(doctor.page.url)

    for person in (doctor, other):
        expect(person.page.locator(".message-assistant .message-text")).to_contain_text(begun)
    other.shows("5-second-device")
    stops(doctor)
    stopped = doctor.page.locator(".message-assistant .message-text").inner_text()
    expect(other.page.locator(".message-assistant .badge").last).to_have_text(
        doctor.says("已停止", "stopped")
    )
    assert other.page.locator(".message-assistant .message-text").inner_text() == stopped


def stops(doctor: Person) -> None:
    doctor.page.locator("[data-stop]").click()
    doctor.sees(".message-assistant .badge", doctor.says("已停止", "stopped"))


def test_an_answer_is_stopped_and_cannot_be_taken(doctor: Person, language: str) -> None:
    begins(doctor, PATIENT[language])
    asks(doctor, LONG)
    answer_so_far(doctor)

    stops(doctor)

    expect(doctor.page.locator("form[action$='/note/']")).to_have_count(0)
    doctor.shows("5-stopped")


def test_an_emergency_is_answered_before_any_model(doctor: Person, language: str) -> None:
    begins(doctor, PATIENT[language])

    doctor.page.fill("#ask-text", EMERGENCY[language])
    doctor.page.locator("[data-send]").click()

    notice = doctor.sees(".message-notice")
    expect(notice).to_contain_text(doctor.says("急症", "emergency"))
    doctor.shows("5-red-flag")


def test_an_answer_enters_the_record_as_a_draft_to_sign(doctor: Person, language: str) -> None:
    begins(doctor, PATIENT[language])
    asks(doctor, ABOUT_DIABETES[language])
    waits_for_the_answer(doctor)

    doctor.page.locator("form[action$='/note/'] button").click()

    doctor.sees("article.ai .note-text")
    doctor.shows("5-draft")
    doctor.page.locator("form[action$='/sign'] button").click()
    doctor.sees(".page-head .badge-ok")


@pytest.mark.parametrize("length", [100_000])
def test_a_message_too_long_is_refused_in_words(doctor: Person, language: str, length: int) -> None:
    doctor.expects_refusals()
    begins(doctor, PATIENT[language])
    doctor.page.locator("#ask-text").evaluate("(field) => field.removeAttribute('maxlength')")
    doctor.page.locator("#ask-text").evaluate("(field, n) => { field.value = 'x'.repeat(n) }", length)

    doctor.page.locator("[data-send]").click()

    doctor.sees(".field-error, .error-page")
    doctor.shows("5-too-long", full_page=False)
