"""Step 4: a doctor writes a note; the department that a model suggests shows the words that carried it."""

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person

NOTES = {
    "zh-hans": "反复上腹痛伴反酸、嗳气2个月，餐后加重，近一周黑便两次。既往无特殊。",
    "en": "Two months of burning upper abdominal pain after meals with acid reflux; black stools twice last week.",
}


@pytest.mark.parametrize("written", ["zh-hans", "en"])
def test_a_note_gets_a_suggestion_with_its_words(doctor: Person, written: str) -> None:
    chart = doctor.opens_patient("D0015")
    doctor.types("w")
    doctor.page.wait_for_url(f"{chart}notes/new")
    doctor.page.fill("#id_text", NOTES[written])
    doctor.shows(f"4-writing-{written}")
    doctor.page.locator(".note-form button.button-primary").click()

    suggestion = doctor.sees_a_suggestion()

    doctor.shows(f"4-department-{written}")
    if written == "zh-hans":
        expect(suggestion.locator(".probability.is-top .name")).to_have_text(
            doctor.says("消化科", "Gastroenterology")
        )
        assert suggestion.locator(".attribution mark").count() >= 1


def test_a_department_is_edited_and_the_note_signed(doctor: Person) -> None:
    chart = doctor.opens_patient("D0016")
    doctor.goes_to(f"{chart}notes/new")
    doctor.page.fill("#id_text", NOTES["zh-hans"])
    doctor.page.locator(".note-form button.button-primary").click()
    doctor.sees_a_suggestion("open")

    doctor.types("a")

    doctor.sees('.ai.suggestion[data-status="accepted"] .decided')
    doctor.page.locator("form[action$='/sign'] button").click()
    doctor.sees(".page-head .badge-ok")
    doctor.shows("4-signed")
    doctor.opens_patient("D0016")
    doctor.sees('[aria-labelledby="findings-title"] li')
