"""Step 3: a doctor reads a radiograph, sees what the model says and decides; only then it stands in the record."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.files import radiograph
from tests.browser.person import Person

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not (ROOT / "packs" / "chest-xray" / "pack.json").exists(), reason="there is no chest-xray pack"
)
# A child for each decision and language, so that no test meets another's decision.
CHILD = {
    "accept": {"zh-hans": "D0001", "en": "D0005"},
    "edit": {"zh-hans": "D0002", "en": "D0009"},
    "reject": {"zh-hans": "D0003", "en": "D0009"},
    "upload": {"zh-hans": "D0004", "en": "D0005"},
}


def uploads_a_radiograph(doctor: Person, number: str, tmp_path: Path) -> None:
    """Drop one more radiograph on the chart and open it."""
    path = tmp_path / "chest.dcm"
    path.write_bytes(radiograph(str(tmp_path)))
    doctor.opens_patient(number, "images/")
    doctor.page.locator("[data-upload-input]").first.set_input_files(path)
    doctor.sees('[data-upload-progress] [data-field="open"]').click()
    doctor.sees_the_picture()


def test_a_finding_appears_by_itself(doctor: Person, language: str, tmp_path: Path) -> None:
    uploads_a_radiograph(doctor, CHILD["upload"][language], tmp_path)

    suggestion = doctor.sees_a_suggestion("open")

    expect(suggestion.locator(".probability")).to_have_count(3)
    expect(suggestion.locator(".ai-frequency")).to_contain_text("100")
    doctor.sees('[data-act="overlay"]')
    doctor.shows("3-finding", full_page=False)


def test_window_zoom_and_pan_follow_the_mouse(doctor: Person, language: str) -> None:
    doctor.opens_picture(CHILD["upload"][language])
    doctor.types("w")
    before = doctor.corner("window")
    doctor.drags(80, 40)
    expect(doctor.page.locator('[data-corner="window"]')).not_to_have_text(before)

    doctor.types("z")
    doctor.drags(0, -120)
    expect(doctor.page.locator('[data-corner="zoom"]')).not_to_have_text("100 %")
    doctor.types("m")
    doctor.drags(-60, 30)
    doctor.types("i", "h")
    expect(doctor.page.locator('[data-act="invert"]')).to_have_attribute("aria-pressed", "true")
    doctor.shows("3-windowed", full_page=False)

    doctor.types(" ")
    expect(doctor.page.locator('[data-corner="zoom"]')).to_have_text("100 %")
    expect(doctor.page.locator('[data-corner="window"]')).to_have_text(before)


def test_the_heat_map_has_a_slider_and_a_key(doctor: Person, language: str) -> None:
    doctor.opens_picture(CHILD["upload"][language])
    doctor.sees_a_suggestion()
    overlay = doctor.page.locator('[data-act="overlay"]')
    slider = doctor.page.locator("[data-overlay-opacity]").first
    assert slider.input_value() == "40"

    slider.fill("90")
    doctor.shows("3-heat-map", full_page=False)
    slider.blur()
    doctor.types("o")

    expect(overlay).to_have_attribute("aria-pressed", "false")
    doctor.types("o")
    expect(overlay).to_have_attribute("aria-pressed", "true")


def test_the_facts_of_the_model_are_one_click_away(doctor: Person, language: str) -> None:
    doctor.opens_picture(CHILD["upload"][language])

    doctor.sees_a_suggestion().locator(".model-facts summary").first.click()

    facts = doctor.sees(".model-facts[open] .menu-panel")
    expect(facts).to_contain_text(doctor.says("成人", "adults"))
    expect(facts).to_contain_text(re.compile(r"0\.\d{3} \(0\.\d{3}–0\.\d{3}\)"))
    doctor.shows("3-model-facts", full_page=False)


@pytest.mark.parametrize(("number", "modality"), [("D0014", "CR"), ("D0015", "MR"), ("D0013", "CR")])
def test_what_is_out_of_scope_is_said_plainly(doctor: Person, number: str, modality: str) -> None:
    """A leg, a slice of an MR, an adult: no probabilities, a sentence instead."""
    doctor.goes_to(f"/studies/?q={number}")
    doctor.page.locator("tbody tr").filter(has_text=modality).locator("a").first.click()
    doctor.sees_the_picture()

    statement = doctor.sees(".ai-verdict")

    assert len(statement.inner_text()) > 8
    expect(doctor.page.locator(".ai.suggestion").filter(has=statement).locator(".probability")).to_have_count(
        0
    )
    doctor.shows(f"3-out-of-scope-{number}", full_page=False)


def test_an_adult_is_scored_all_the_same_and_marked(doctor: Person) -> None:
    doctor.opens_picture("D0013")
    doctor.sees(".ai-verdict")
    if not doctor.page.locator(".ai .badge-warn").count():
        doctor.page.locator(".ai-verdict + form button, .ai form.row button").first.click()

    doctor.sees(".ai.suggestion .badge-warn")
    doctor.sees(".ai.suggestion .probability")
    doctor.shows("3-scored-all-the-same", full_page=False)


def test_an_accepted_finding_stands_in_the_record_only_afterwards(
    doctor: Person, language: str, tmp_path: Path
) -> None:
    number = CHILD["accept"][language]
    uploads_a_radiograph(doctor, number, tmp_path)
    suggestion = doctor.sees_a_suggestion("open")
    label = suggestion.locator(".probability.is-top .name").inner_text()
    picture = doctor.page.url
    before = findings_in_the_record(doctor, number)

    doctor.goes_to(picture)
    doctor.sees_a_suggestion("open")
    doctor.types("a")

    doctor.sees('.ai.suggestion[data-status="accepted"] .decided')
    doctor.shows("3-accepted", full_page=False)
    after = findings_in_the_record(doctor, number)
    assert after == [label, *before]
    doctor.shows("3-chart-after")


def findings_in_the_record(doctor: Person, number: str) -> list[str]:
    doctor.opens_patient(number)
    return doctor.page.locator('[aria-labelledby="findings-title"] .list li a').all_inner_texts()


def test_an_edited_finding_stands_as_the_doctor_wrote_it(
    doctor: Person, language: str, tmp_path: Path
) -> None:
    uploads_a_radiograph(doctor, CHILD["edit"][language], tmp_path)
    doctor.sees_a_suggestion("open")

    doctor.types("e")
    panel = doctor.sees("details[open] .decision-panel")
    panel.locator("[name=label]").select_option("normal")
    panel.locator("[name=reason_code]").select_option(index=1)
    doctor.shows("3-editing", full_page=False)
    panel.locator("button.button-primary").click()

    decided = doctor.sees('.ai.suggestion[data-status="edited"] .decided')
    expect(decided).to_contain_text(doctor.says("未见肺炎", "No pneumonia"))


def test_a_rejection_keeps_its_reason(doctor: Person, language: str, tmp_path: Path) -> None:
    uploads_a_radiograph(doctor, CHILD["reject"][language], tmp_path)
    doctor.sees_a_suggestion("open")
    remark = doctor.says("投照位置不正，旋转伪影。", "Rotated, an artefact.")

    doctor.types("r", "3")
    panel = doctor.sees("details[open] .decision-panel")
    panel.locator("[name=reason_text]").fill(remark)
    doctor.shows("3-rejecting", full_page=False)
    panel.locator("button.button-primary").click()

    doctor.sees('.ai.suggestion[data-status="rejected"]', remark)
    doctor.shows("3-rejected", full_page=False)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
def test_the_report_carries_names_in_their_own_glyphs(doctor: Person, language: str, tmp_path: Path) -> None:
    doctor.opens_patient(CHILD["accept"][language])
    doctor.page.locator('[aria-labelledby="findings-title"] .card li a').first.click()
    link = doctor.sees("a[href$='report.pdf']").get_attribute("href")

    answer = doctor.page.request.get(doctor.url + link)

    path = tmp_path / "report.pdf"
    path.write_bytes(answer.body())
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    for words in doctor.says("刘子涵 李文博 虚构", "Oliver Smith invented").split():
        assert words in text
    assert re.search(doctor.says("AI 生成|人工智能|AI", "AI"), text)
