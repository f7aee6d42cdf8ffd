"""One whole clinic, one Chromium, and people who sit down in front of it."""

import os
from collections.abc import Iterator
from shutil import which
from typing import Protocol

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.person import Person
from tests.clinic import running_clinic

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
PASSWORD = "medapp-demo-2026"
DOCTORS = {"zh-hans": "doctor.li", "en": "doctor.smith"}
# The suite may share its two cores with others; a state that comes at all comes well before this.
PATIENCE_MS = 30_000


class Arrive(Protocol):
    def __call__(self, name: str, language: str, **options: object) -> Person: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = which("chromium") or which("chromium-browser") or which("google-chrome")
    expect.set_options(timeout=PATIENCE_MS)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=FLAGS) as browser,
    ):
        yield browser


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a clinic of its own, or of the running demonstration that the variable names."""
    if running := os.environ.get("MEDAPP_TEST_CLINIC"):
        yield running
        return
    with running_clinic(tmp_path_factory.mktemp("clinic")) as opened:
        yield opened.url


@pytest.fixture(scope="session")
def sessions() -> dict[str, dict]:
    """The cookies of whoever has signed in, so that each signs in once."""
    return {}


@pytest.fixture(scope="session")
def reading() -> dict[str, str]:
    """The language that each account was last set to."""
    return {}


@pytest.fixture
def arrive(
    browser: Browser, clinic: str, sessions: dict[str, dict], reading: dict[str, str]
) -> Iterator[Arrive]:
    """Seat somebody, signed in, in front of a page of their own; nobody's browser may complain."""
    people: list[Person] = []

    def seat(name: str, language: str, **options: object) -> Person:
        screen = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        context = browser.new_context(storage_state=sessions.get(name), **screen)
        context.set_default_timeout(PATIENCE_MS)
        person = Person(context.new_page(), clinic, language)
        people.append(person)
        if name and name not in sessions:
            person.signs_in(name, PASSWORD)
            sessions[name] = context.storage_state()
        if name and reading.get(name) != language:
            person.reads(language)
            reading[name] = language
        return person

    yield seat
    for person in people:
        person.page.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture(scope="module", params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def doctor(arrive: Arrive, language: str) -> Person:
    return arrive(DOCTORS[language], language)
