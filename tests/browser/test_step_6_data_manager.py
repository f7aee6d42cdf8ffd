"""Step 6: a data manager imports, watches models and queues, scores a cohort; charts and chats stay shut."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DOCTORS, Arrive
from tests.browser.person import Person

TABLES = {
    "patients": "病历号,姓名,性别,出生日期\nM{row}1,赵一鸣,男,1984-03-05\nM{row}2,钱小乐,女,日期不明\n",
    "encounters": "病历号,就诊类型,开始时间\nD000{row},门诊,2026-03-01 09:00\nNOBODY,门诊,2026-03-01 09:00\n",
    "observations": "病历号,项目,结果,单位,检验时间\nD000{row},718-7,121,g/L,2026-03-01\nD0001,718-7,高,g/L,很久\n",
}


@pytest.fixture
def manager(arrive: Arrive, language: str) -> Person:
    return arrive("manager", language)


def chooses(manager: Person, kind: str, path: Path) -> None:
    manager.goes_to("/admin/records/importrun/add/")
    manager.page.locator("[name=kind]").select_option(kind)
    manager.page.locator("[name=file]").set_input_files(path)
    manager.page.locator("#content form button[type=submit], main form button[type=submit]").last.click()
    manager.page.wait_for_url(re.compile("/importrun/[0-9a-f-]{36}/"))


def test_the_panel_opens_on_what_a_manager_may_do(manager: Person) -> None:
    manager.goes_to("/admin/")

    manager.sees("a[href$='/records/importrun/']")
    manager.sees("a[href$='/jobs/job/']")
    expect(manager.page.locator("a[href*='/accounts/user/']")).to_have_count(0)
    manager.shows("6-panel")


@pytest.mark.parametrize("kind", list(TABLES))
def test_a_table_is_shown_before_it_is_imported(
    manager: Person, language: str, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"{kind}.csv"
    path.write_bytes(TABLES[kind].format(row=len(language)).encode("gb18030"))

    chooses(manager, kind, path)

    expect(manager.page.locator("table").first).to_be_visible()
    manager.shows(f"6-import-{kind}")
    manager.page.locator("form[action$='/apply/'] button").click()
    expect(manager.page.locator("form[action$='/apply/']")).to_have_count(0)
    manager.shows(f"6-imported-{kind}")


def test_what_is_no_table_is_refused_in_words(manager: Person, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("a,b\n1,2\n")

    chooses(manager, "patients", path)

    manager.sees("[role=alert]")
    manager.shows("6-import-refused")


def test_models_show_their_cards_and_figures(manager: Person) -> None:
    manager.goes_to("/models/")
    manager.sees("tbody tr", "1.0.0")
    manager.shows("6-models")
    manager.page.locator("tbody a").filter(has_text=manager.says("科室分诊", "department")).first.click()

    manager.sees("h1")
    expect(manager.page.locator("main")).to_contain_text(re.compile(r"0\.\d{3}"))
    manager.shows("6-model-card")


def test_queues_and_failures_are_seen(manager: Person) -> None:
    manager.goes_to("/admin/jobs/job/")

    manager.sees("#result_list tbody tr, table tbody tr")
    manager.shows("6-jobs")


def test_a_cohort_is_scored_and_downloaded(manager: Person) -> None:
    manager.goes_to("/batch/")
    manager.page.locator("[name=model]").select_option("zh-department")
    manager.page.locator("[name=cohort]").select_option("children")
    manager.page.locator("main form button.button-primary").click()
    manager.page.wait_for_url(re.compile("/batch/[0-9a-f-]{36}/"))
    manager.shows("6-batch-running")

    expect(manager.page.locator("#batch-progress[hx-get]")).to_have_count(0)

    manager.shows("6-batch-done")
    link = manager.sees("a[href$='result.csv']").get_attribute("href")
    rows = manager.page.request.get(manager.url + link).text().splitlines()
    assert rows[0].lstrip("\ufeff").startswith("input,status,reason,label,p_")
    assert len(rows) > 12


def test_a_chart_and_a_chat_stay_shut(manager: Person, arrive: Arrive, language: str) -> None:
    doctor = arrive(DOCTORS[language], language)
    chart = doctor.opens_patient("D0013")
    doctor.goes_to(f"{chart}consult/")
    doctor.types("c")
    doctor.sees("#ask-text")
    manager.expects_refusals()

    for address in (chart, f"{chart}notes", f"{chart}images/", f"{chart}consult/", doctor.page.url):
        assert manager.goes_to(address) == 404
    manager.sees("h1")
    manager.shows("6-shut")
