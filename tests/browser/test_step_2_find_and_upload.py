"""Step 2: a doctor signs in, finds a patient, opens the chart and drops pictures on it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DOCTORS, PASSWORD, Arrive
from tests.browser.files import mixed_folder, picture, slices, zipped
from tests.browser.person import Person

# Each the way a doctor would type it: both languages reach the same people.
WAYS = {
    "zh-hans": ["刘子涵", "liuzihan", "liu zi", "lzh", "D0001"],
    "en": ["张伟明", "zhang weiming", "zwm", "Weiming", "D0014"],
}
FOUND = {"zh-hans": "D0001", "en": "D0014"}


def test_signs_in_and_sees_the_day(arrive: Arrive, language: str) -> None:
    doctor = arrive("", language, locale="zh-CN" if language == "zh-hans" else "en-GB")
    doctor.goes_to("/")
    doctor.sees("h1", doctor.says("登录", "Sign in"))
    doctor.shows("2-sign-in")

    doctor.signs_in(DOCTORS[language], PASSWORD)

    doctor.sees("h2", doctor.says("我的患者", "My patients"))
    doctor.sees("h2", doctor.says("待您决定", "Waiting for your decision"))
    doctor.sees("#jobs-tray")
    doctor.shows("2-worklist")


def test_a_wrong_password_says_what_to_do(arrive: Arrive, language: str) -> None:
    doctor = arrive("", language, locale="zh-CN" if language == "zh-hans" else "en-GB")
    doctor.goes_to("/account/login/")
    doctor.page.fill("[name=login]", "nobody.here")
    doctor.page.fill("[name=password]", "wrong")
    doctor.page.press("[name=password]", "Enter")

    doctor.sees(".notice-bad")
    doctor.shows("2-sign-in-refused")


def test_finds_a_patient_however_it_is_typed(doctor: Person, language: str) -> None:
    doctor.goes_to("/patients/")
    for query in WAYS[language]:
        doctor.page.fill("#patient-query", query)
        expect(doctor.page).to_have_url(re.compile("q="))
        doctor.sees("#patient-rows tr", FOUND[language])
    doctor.shows("2-found")


def test_finds_a_patient_by_birth_date(doctor: Person, language: str) -> None:
    doctor.opens_patient(FOUND[language], "edit")
    born = doctor.page.locator("[name=birth_date]").input_value()

    doctor.goes_to(f"/patients/?q={born}")

    doctor.sees("#patient-rows tr", FOUND[language])


def test_one_search_finds_patients_from_everywhere(doctor: Person, language: str) -> None:
    doctor.goes_to("/knowledge/")
    doctor.types("/")
    doctor.page.keyboard.type(WAYS[language][0])
    doctor.types("Enter")

    doctor.sees(".list li", FOUND[language])
    doctor.shows("2-search")


def test_opens_the_chart(doctor: Person) -> None:
    doctor.opens_patient("D0013")

    doctor.sees(".banner", "D0013")
    doctor.sees("svg.plot, .trend svg, svg")
    doctor.shows("2-chart")


def test_drops_a_file(doctor: Person, tmp_path: Path) -> None:
    path = tmp_path / doctor.says("胸片.dcm", "chest.dcm")
    path.write_bytes(picture())
    doctor.opens_patient("D0014", "images/")

    doctor.page.locator("[data-upload-input]").first.set_input_files(path)

    doctor.sees(".imaging-verdicts li", path.name)
    doctor.sees('[data-upload-progress] [data-field="open"]').click()
    doctor.sees_the_picture()


def test_drops_a_folder_and_every_file_gets_its_verdict(doctor: Person, tmp_path: Path) -> None:
    doctor.opens_patient("D0015", "images/")

    doctor.page.locator("[data-upload-input][webkitdirectory]").set_input_files(
        mixed_folder(tmp_path / "disc")
    )

    progress = doctor.page.locator("[data-upload-progress]")
    expect(progress.locator('[data-field="detail"]')).to_contain_text(doctor.says("6 个文件", "All 6 files"))
    expect(progress.locator('[data-field="count"]')).to_contain_text(re.compile("6.*6"))
    expect(progress.locator(".imaging-verdicts li")).to_have_count(6)
    for row in progress.locator(".imaging-verdicts li").all():
        assert row.locator('[data-field="message"]').inner_text().strip()
    assert progress.locator('[data-count="duplicate"]').inner_text().split()[-1] == "1"
    doctor.shows("2-upload-verdicts")


def test_drops_a_zip(doctor: Person, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "disc.zip", slices(4))
    doctor.opens_patient("D0016", "images/")

    doctor.page.locator("[data-upload-input]").first.set_input_files(archive)

    expect(doctor.page.locator(".imaging-verdicts li")).to_have_count(4)
    doctor.sees('[data-upload-progress] [data-field="open"]').click()
    doctor.sees_the_picture()
    expect(doctor.page.locator("[data-slider] output")).to_have_text(re.compile(r"/ 4$"))
    doctor.types("End")
    expect(doctor.page.locator("[data-slider] output")).to_have_text("4 / 4")
    doctor.shows("2-stack", full_page=False)


@pytest.mark.parametrize("name", ["cut.dcm", "note.dcm"])
def test_a_bad_file_is_refused_in_words(doctor: Person, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(picture()[:700] if name == "cut.dcm" else b"not a picture")
    doctor.opens_patient("D0014", "images/")

    doctor.page.locator("[data-upload-input]").first.set_input_files(path)

    message = doctor.sees(".imaging-verdicts li", name).locator('[data-field="message"]')
    assert len(message.inner_text()) > 10
