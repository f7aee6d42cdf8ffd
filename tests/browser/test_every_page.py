"""Every main page in both languages: accessible, inside the policy, no wider than the window, in one language."""

from dataclasses import dataclass

import pytest

from medapp.records.demo.roster import CASES, STAFF
from tests.browser.checks import grave_faults, latin_words, sideways, words_in
from tests.browser.conftest import DOCTORS, Arrive
from tests.browser.person import Person

# Words that Chinese doctors write in Latin letters, names of things, and who is who in the demonstration.
# Also what DICOM headers of the demonstration say and what was searched for.
FOREIGN = """
    medapp dicom zip csv pdf api json url english administrator auroc ece brier mrn loinc icd utc apache esc ctrl enter
    text manage verify audit expect head chest-xray min mmhg
    alt ast crp tsh children zh-department smollm qqqq chest thorax leg non-ossifying fibroma distal tibia
"""
NAMES = " ".join([case.latin for case in CASES] + [person.name for person in STAFF])
ALLOWED = {*FOREIGN.split(), *words_in(NAMES.lower())}
WIDTHS = (768, 1280, 1920)
WHOLE_AT = 1280  # the other widths show the first screen, which says as much in a tenth of the time


@dataclass(frozen=True)
class Where:
    name: str
    path: str
    who: str = "doctor"
    patient: str = ""


PAGES = [
    Where("worklist", "/"),
    Where("patients", "/patients/"),
    Where("search-nothing", "/search?q=qqqq"),
    Where("studies", "/studies/"),
    Where("suggestions", "/suggestions/?status=all"),
    Where("consultations", "/consult/"),
    Where("knowledge", "/knowledge/"),
    Where("models", "/models/"),
    Where("jobs", "/jobs/"),
    Where("profile", "/me/"),
    Where("chart", "", patient="D0014"),
    Where("timeline", "timeline", patient="D0014"),
    Where("observations", "observations", patient="D0014"),
    Where("notes", "notes", patient="D0014"),
    Where("new-note", "notes/new", patient="D0014"),
    Where("new-vitals", "observations/new", patient="D0014"),
    Where("images", "images/", patient="D0014"),
    Where("patient-suggestions", "suggestions/", patient="D0014"),
    Where("care-team", "care-team", patient="D0014"),
    Where("batch", "/batch/", who="manager"),
    Where("manager-start", "/", who="manager"),
    Where("accountability", "/accountability/", who="privacy"),
    Where("whole-trail", "/accountability/log/", who="privacy"),
]


def arrives_at(arrive: Arrive, where: Where, language: str) -> Person:
    person = arrive(DOCTORS[language] if where.who == "doctor" else where.who, language)
    if where.patient:
        person.opens_patient(where.patient, where.path)
    else:
        assert person.goes_to(where.path) == 200
    person.sees("main")
    return person


@pytest.mark.parametrize("where", PAGES, ids=lambda where: where.name)
def test_page_is_sound(arrive: Arrive, language: str, where: Where) -> None:
    person = arrives_at(arrive, where, language)
    too_wide = []
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 900})
        person.shows(f"page-{where.name}-{width}", full_page=width == WHOLE_AT)
        too_wide += [width] if sideways(person.page) > 0 else []
    assert too_wide == []

    assert grave_faults(person.page) == []
    if language == "zh-hans":
        assert latin_words(person.page, ALLOWED) == []
    person.page.emulate_media(color_scheme="dark")
    assert grave_faults(person.page, ["color-contrast"]) == []


def test_a_page_that_is_not_there_says_so(arrive: Arrive, language: str) -> None:
    person = arrive(DOCTORS[language], language)
    person.expects_refusals()

    assert person.goes_to("/patients/00000000-0000-0000-0000-000000000000/") == 404

    person.sees("h1")
    assert grave_faults(person.page) == []
    person.shows("page-not-found")
