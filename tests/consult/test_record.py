"""The record as passages: values with units and dates, lists, notes that persons stand behind, and no others."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from consult.record import record_passages
from medapp.records import services
from tests.factories import accounts, records
from tests.factories.records import SOME_DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(doctor):
    return accounts.patient([doctor], birth_date=date(1980, 3, 5))


def texts(patient, doctor, language="en") -> list[str]:
    with translation.override(language):
        return [one.text for one in record_passages(patient, doctor)]


def haemoglobin(patient, doctor, value, day):
    at = SOME_DAY.replace(day=day)
    measured = services.Measured(code="718-7", observed_at=at, number=Decimal(value))
    return services.add_observation(patient=patient, measured=measured, by=doctor)


def test_a_measurement_is_told_with_its_unit_range_and_earlier_values(patient, doctor):
    haemoglobin(patient, doctor, "108", 5)
    haemoglobin(patient, doctor, "112", 1)
    told = [text for text in texts(patient, doctor) if text.startswith("Haemoglobin")]
    assert told == [
        "Haemoglobin 108 g/L on 2024-03-05 (low, reference range 115–175); before: 112 g/L on 2024-03-01."
    ]


def test_the_same_measurement_in_chinese(patient, doctor):
    haemoglobin(patient, doctor, "108", 5)
    assert "血红蛋白 108 g/L（2024-03-05）（偏低，参考范围 115–175）。" in texts(patient, doctor, "zh-hans")


def test_lists_are_told_whole_and_an_empty_one_says_so(patient, doctor):
    records.medication(patient, doctor)
    told = texts(patient, doctor)
    assert "Current medication: 阿莫西林, since 2024-03-05." in told
    assert "Allergies: none recorded." in told


def test_a_draft_that_a_model_wrote_is_no_source(patient, doctor):
    records.note(patient, doctor, text="Written by a doctor.")
    records.note(patient, doctor, text="Said by a model.", origin="ai-draft", source=("turn", "1"))
    told = texts(patient, doctor)
    assert "Written by a doctor." in told
    assert "Said by a model." not in told


def test_a_note_that_repeats_another_is_told_once(patient, doctor):
    for _visit in range(3):
        records.note(patient, doctor, text="No change.")
    assert texts(patient, doctor).count("No change.") == 1


def test_a_doctor_outside_the_team_gets_nothing(patient):
    assert texts(patient, accounts.user()) == []


def test_every_passage_opens_somewhere(client, patient, doctor):
    records.note(patient, doctor)
    records.encounter(patient, doctor)
    haemoglobin(patient, doctor, "108", 5)
    client.force_login(doctor)
    links = {one.url.partition("#")[0] for one in record_passages(patient, doctor)}
    assert len(links) > 3
    assert {client.get(link).status_code for link in links} == {200}
