from datetime import date

import pytest

from medapp.audit.models import Event
from medapp.records.queries import search_conditions, search_patients
from medapp.records.search import birth_dates, canonical_phone
from medapp.records.services import update_patient
from tests.factories import records


@pytest.fixture
def crowd(owner):
    """Four patients who are easily mistaken for each other."""
    return {
        "zhang": records.patient(owner, "M0001", phone="+86 138-1234-5678", national_id="110101198003051234"),
        "zeng": records.patient(
            owner, "M0002", name_zh="曾国强", name_latin="", birth_date=date(1962, 12, 1), national_id=None
        ),
        "lyu": records.patient(owner, "M0003", name_zh="吕欣怡", name_latin="", birth_date=date(2021, 7, 9)),
        "smith": records.patient(
            owner, "X9", name_zh="", name_latin="José O’Neill-Smith", birth_date=date(1990, 5, 3)
        ),
    }


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("张伟明", "zhang"),
        ("张", "zhang"),
        ("伟明", "zhang"),
        ("zhangweiming", "zhang"),
        ("zhang wei", "zhang"),
        ("Zhang Wei Ming", "zhang"),
        ("weiming zhang", "zhang"),
        ("zwm", "zhang"),
        ("m0001", "zhang"),
        ("1980-03-05", "zhang"),
        ("1980/3/5", "zhang"),
        ("1980年3月5日", "zhang"),
        ("19800305", "zhang"),
        ("5/3/1980", "zhang"),
        ("05.03.1980", "zhang"),
        ("138 1234 5678", "zhang"),
        ("13812345678", "zhang"),
        ("110101198003051234", "zhang"),
        ("张 1980-03-05", "zhang"),
        ("zengguoqiang", "zeng"),
        ("ceng guo", "zeng"),
        ("lvxinyi", "lyu"),
        ("lu xinyi", "lyu"),
        ("lyu", "lyu"),
        ("lü", "lyu"),
        ("oneill", "smith"),
        ("smith jose", "smith"),
        ("José", "smith"),
        ("Ｓｍｉｔｈ", "smith"),
    ],
)
def test_search_when_spelled_this_way_then_finds_the_patient_first(crowd, owner, query, who):
    found = search_patients(owner, query)
    assert found[0].patient == crowd[who]


@pytest.mark.parametrize("query", ["", " ", "z", "%", "_", "'; --", "不存在的人", "2080-99-99"])
def test_search_when_it_means_nobody_then_finds_nobody(crowd, owner, query):
    assert search_patients(owner, query) == []


def test_search_when_number_is_exact_then_ranks_before_longer_numbers(owner):
    for mrn in ("10", "100", "1000"):
        records.patient(owner, mrn)
    assert [match.patient.mrn for match in search_patients(owner, "10")] == ["10", "100", "1000"]


def test_search_when_phone_is_partial_then_finds_nobody(crowd, owner):
    assert search_patients(owner, "13812345") == []


def test_search_when_name_changes_then_only_the_new_one_is_found(crowd, owner):
    update_patient(patient=crowd["zhang"], by=owner, name_zh="赵敏", name_latin="")
    assert search_patients(owner, "zhangweiming") == []
    assert search_patients(owner, "zhaomin")[0].patient == crowd["zhang"]


def test_search_when_found_then_each_hit_is_audited(crowd, owner):
    search_patients(owner, "zhang")
    event = Event.objects.get(action="patient.search")
    assert (event.patient_id, event.outcome) == (crowd["zhang"].pk, "allowed")


def test_search_when_nurse_then_finds_own_department_only(nurse, patient, owner):
    records.patient(owner, "elsewhere")
    assert [match.patient for match in search_patients(nurse, "zhang")] == [patient]


def test_search_when_data_manager_then_finds_nobody(crowd, manager):
    assert search_patients(manager, "zhang") == []


def test_birth_dates_when_day_and_month_can_be_swapped_then_both():
    assert birth_dates("5/3/1980") == {date(1980, 3, 5), date(1980, 5, 3)}


@pytest.mark.parametrize(
    "written", ["+86 138 0000 1111", "0086-13800001111", "8613800001111", "１３８００００１１１１"]
)
def test_canonical_phone_when_written_differently_then_the_same(written):
    assert canonical_phone(written) == "13800001111"


def test_conditions_when_named_then_only_those_of_own_patients(owner, colleague, patient):
    records.condition(patient, owner, display="病毒性肺炎", code="J12.9")
    records.condition(records.patient(colleague, "other"), colleague, display="肺炎", code="J18.9")
    assert [row.code for row in search_conditions(owner, "肺炎")] == ["J12.9"]
    assert [row.code for row in search_conditions(owner, "j12")] == ["J12.9"]


def test_search_page_when_a_problem_is_named_then_its_chart(client, owner, patient):
    records.condition(patient, owner)
    client.force_login(owner)
    assert "J18.9" in client.get("/search", {"q": "Pneumonia"}).content.decode()
