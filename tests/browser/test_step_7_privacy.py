"""Step 7: a doctor breaks the glass; a privacy officer sees who looked at the record, when and why."""

import re

import pytest

from tests.browser.conftest import DOCTORS, Arrive
from tests.browser.person import Person

PATIENT = {"zh-hans": "D0018", "en": "D0021"}  # nobody of doctor.chen's
REASON = {
    "zh-hans": "急诊抢救，患者昏迷，家属不在场。",
    "en": "Emergency, unconscious patient, nobody else here.",
}

TOLD = {
    "zh-hans": ["阅读病历", "搜索命中", "影像", "运行了模型", "被拒绝"],
    "en": ["Chart read", "Found in a search", "opened images", "was run", "refused"],
}


@pytest.fixture
def officer(arrive: Arrive, language: str) -> Person:
    return arrive("privacy", language)


def test_a_stranger_breaks_the_glass_with_a_reason(arrive: Arrive, language: str) -> None:
    stranger = arrive("doctor.chen", language)
    stranger.goes_to(f"/patients/?q={PATIENT[language]}")
    stranger.shows("7-not-in-the-care-team")
    stranger.page.locator("#patient-rows td a").first.click()
    stranger.sees("h1")
    stranger.shows("7-break-glass")

    stranger.page.locator("[name=reason]").fill(REASON[language])
    stranger.page.locator("main form button.button-primary").click()

    stranger.page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"))
    stranger.sees(".banner", PATIENT[language])
    stranger.shows("7-under-glass")


def test_a_stranger_without_a_reason_is_refused(arrive: Arrive, language: str) -> None:
    stranger = arrive("doctor.chen", language)
    owner = arrive({"zh-hans": "doctor.li", "en": "doctor.smith"}[language], language)
    chart = owner.opens_patient({"zh-hans": "D0024", "en": "D0026"}[language])
    stranger.expects_refusals()

    assert stranger.goes_to(chart) == 404
    stranger.shows("7-refused")


def test_the_officer_sees_who_looked_when_and_why(officer: Person, language: str) -> None:
    officer.goes_to("/accountability/")
    officer.page.fill("#patient-query", PATIENT[language])
    officer.page.press("#patient-query", "Enter")
    officer.shows("7-accountability")
    officer.page.locator("a", has_text=re.compile(r"\w")).locator("visible=true").filter(
        has=officer.page.locator(".patient-name")
    ).first.click()

    officer.sees(".table tbody tr", officer.says("陈静宜", "陈静宜"))
    officer.sees(".trail td.why", REASON[language])
    officer.shows("7-who-looked")


def test_every_kind_of_event_is_told(arrive: Arrive, officer: Person, language: str) -> None:
    """Views, search hits, pictures, model runs and refusals, each in a sentence of the reader's language."""
    doctor, stranger = arrive(DOCTORS[language], language), arrive("doctor.chen", language)
    number = {"zh-hans": "D0010", "en": "D0005"}[language]
    doctor.opens_picture(number)
    stranger.expects_refusals()
    assert stranger.goes_to(doctor.opens_patient(number)) == 404

    officer.goes_to(f"/accountability/?patient={number}")
    officer.page.locator(".list a").first.click()
    officer.sees(".trail tbody tr")

    told = officer.page.locator(".trail").inner_text()
    for words in TOLD[language]:
        assert words in told
    officer.shows("7-every-kind")


def test_the_officer_closes_the_review(officer: Person, language: str) -> None:
    officer.goes_to("/accountability/")
    row = officer.sees("section[aria-labelledby=waiting] tr", PATIENT[language])
    row.locator("a[href*='break-glass']").first.click()
    officer.sees("dd", REASON[language])
    officer.shows("7-review")

    for choice in officer.page.locator("main form select").all():
        choice.select_option(index=1)
    if officer.page.locator("main form [type=radio]").count():
        officer.page.locator("main form [type=radio]").first.check()
    officer.page.locator("main form button.button-primary").last.click()

    officer.sees("section[aria-labelledby=reviewed] tr", PATIENT[language])


def test_the_chain_is_verified_on_the_page(officer: Person) -> None:
    officer.goes_to("/accountability/")

    officer.page.locator("section[aria-labelledby=chain] button").click()

    officer.sees(".notice-ok")
    officer.shows("7-verified")
