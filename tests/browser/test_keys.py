"""Everything by the keyboard alone."""

import re

from playwright.sync_api import expect

from tests.browser.person import Person


def test_two_letters_lead_to_the_pages(doctor: Person) -> None:
    doctor.goes_to("/models/")
    doctor.types("g", "p")
    doctor.page.wait_for_url("**/patients/")
    expect(doctor.page.locator("#patient-query")).to_be_focused()
    doctor.types("Escape", "g", "w")
    doctor.page.wait_for_url(lambda url: url == f"{doctor.url}/")


def test_j_k_and_enter_open_a_patient(doctor: Person) -> None:
    doctor.goes_to("/patients/?sort=mrn")
    expect(doctor.page.locator("#patient-query")).to_be_focused()
    doctor.types("Escape", "j", "j", "k", "j")
    focused = doctor.page.locator("tbody tr:has(a:focus)")
    number = re.search(r"D\d{4}", focused.inner_text())

    doctor.types("Enter")

    assert number
    doctor.sees(".banner", number[0])


def test_the_question_mark_lists_the_keys_of_the_page(doctor: Person) -> None:
    doctor.opens_patient("D0014")
    doctor.types("?")

    doctor.sees("#keys[open] [data-page-keys] dt", doctor.says("写病程", "Write a note"))
    doctor.shows("keys", full_page=False)
    doctor.types("Escape")
    expect(doctor.page.locator("#keys[open]")).to_have_count(0)


def test_the_slash_searches_and_escape_leaves(doctor: Person) -> None:
    doctor.goes_to("/")
    doctor.types("/")
    expect(doctor.page.locator("#search")).to_be_focused()
    doctor.page.keyboard.type("gwj?")
    expect(doctor.page.locator("#search")).to_have_value("gwj?")

    doctor.types("Escape")

    expect(doctor.page.locator("#search")).not_to_be_focused()


def test_the_first_tab_offers_the_way_to_the_content(doctor: Person) -> None:
    doctor.goes_to("/")
    doctor.types("Tab")
    expect(doctor.page.locator(".skip-link")).to_be_focused()
    doctor.types("Tab")
    outline = doctor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert outline != "none"
