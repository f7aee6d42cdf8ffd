from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from medapp.audit.models import Event
from medapp.records import errors, services
from medapp.records.models import AllergyIntolerance, Condition, Encounter, MedicationRequest, Observation
from tests.factories import records
from tests.factories.records import SOME_DAY


def post(client, user, page, key, **data):
    client.force_login(user)
    return client.post(reverse(page, args=[key]), data)


def test_condition_when_known_by_name_then_coded(client, owner, patient):
    assert post(client, owner, "condition-new", patient.pk, diagnosis="Viral pneumonia").status_code == 302
    row = Condition.objects.get()
    assert (row.code, row.display, row.display_en) == ("J12.9", "病毒性肺炎", "Viral pneumonia")


def test_condition_when_unknown_then_kept_in_words(client, owner, patient):
    post(client, owner, "condition-new", patient.pk, diagnosis="罕见病", onset_date="2020-01-01")
    assert (Condition.objects.get().code, Condition.objects.get().display) == ("", "罕见病")


def test_condition_when_nurse_posts_then_not_found(client, nurse, patient):
    assert post(client, nurse, "condition-new", patient.pk, diagnosis="x").status_code == 404


def test_condition_when_resolved_then_dated(client, owner, patient):
    row = records.condition(patient, owner)
    assert post(client, owner, "condition-end", row.pk, resolve="").status_code == 302
    row.refresh_from_db()
    assert (row.clinical_status, row.resolved_date) == ("resolved", timezone.localdate())


def test_condition_when_withdrawn_without_reason_then_refused(client, owner, patient):
    row = records.condition(patient, owner)
    assert post(client, owner, "condition-end", row.pk, withdraw="").status_code == 400
    row.refresh_from_db()
    assert row.clinical_status == "active"


def test_condition_when_withdrawn_with_reason_then_gone_from_the_chart(client, owner, patient):
    row = records.condition(patient, owner, display="误诊病")
    post(client, owner, "condition-end", row.pk, withdraw="", reason="wrong patient")
    assert "误诊病" not in client.get(reverse("chart", args=[patient.pk])).content.decode()


@pytest.mark.parametrize("who", ["nurse", "colleague", "manager"])
@pytest.mark.parametrize(
    ("page", "make"),
    [
        ("condition-end", records.condition),
        ("medication-stop", records.medication),
        ("allergy-refute", records.allergy),
        ("encounter-finish", records.encounter),
        ("attachment-withdraw", records.attachment),
    ],
)
def test_end_when_not_a_doctor_of_the_team_then_not_found(client, request, owner, patient, who, page, make):
    row = make(patient, owner)
    assert post(client, request.getfixturevalue(who), page, row.pk, reason="x").status_code == 404


def test_withdraw_value_when_colleague_then_not_found(client, owner, colleague, patient):
    row = records.observation(patient, owner)
    assert post(client, colleague, "observation-withdraw", row.pk, reason="x").status_code == 404


def test_medication_when_stopped_then_needs_a_reason(client, owner, patient):
    row = records.medication(patient, owner)
    assert post(client, owner, "medication-stop", row.pk, reason="").status_code == 400
    assert post(client, owner, "medication-stop", row.pk, reason="rash").status_code == 302
    row.refresh_from_db()
    assert (row.status, row.status_reason, row.ended_at) == ("stopped", "rash", timezone.localdate())


def test_medication_when_posted_then_in_the_record(client, owner, patient):
    post(client, owner, "medication-new", patient.pk, name="氨氯地平", dose_text="5 mg")
    assert MedicationRequest.objects.get().started_at == timezone.localdate()


def test_allergy_when_there_already_then_refused(client, owner, patient):
    records.allergy(patient, owner, "青霉素")
    response = post(client, owner, "allergy-new", patient.pk, substance="青霉素 ", criticality="high")
    assert response.status_code == 409
    assert AllergyIntolerance.objects.count() == 1


def test_allergy_when_refuted_then_may_be_entered_again(owner, patient):
    services.refute_allergy(allergy=records.allergy(patient, owner), reason="tolerated", by=owner)
    records.allergy(patient, owner)
    assert AllergyIntolerance.objects.filter(status="active").count() == 1


def test_allergy_when_refuted_twice_then_refused(owner, patient):
    allergy = services.refute_allergy(allergy=records.allergy(patient, owner), reason="tolerated", by=owner)
    with pytest.raises(errors.AlreadyEndedError):
        services.refute_allergy(allergy=allergy, reason="again", by=owner)


def test_visit_when_finished_then_ended(client, owner, patient):
    row = records.encounter(patient, owner)
    assert post(client, owner, "encounter-finish", row.pk).status_code == 302
    row.refresh_from_db()
    assert row.status == "finished"
    assert post(client, owner, "encounter-finish", row.pk).status_code == 409


def test_visit_when_it_ends_before_it_begins_then_refused(client, owner, patient):
    data = {"kind": "outpatient", "started_at": "2024-03-05T10:00", "ended_at": "2024-03-05T09:00"}
    assert post(client, owner, "encounter-new", patient.pk, **data).status_code == 400
    assert not Encounter.objects.exists()


def moment(**back: int) -> str:
    return (timezone.localtime() - timedelta(**back)).strftime("%Y-%m-%dT%H:%M")


def test_vitals_when_nurse_enters_them_then_in_the_record_with_ranges(client, nurse, patient):
    data = {"observed_at": moment(minutes=5), "8867-4": "118", "8480-6": "128", "8462-4": "81"}
    assert post(client, nurse, "observation-new", patient.pk, **data).status_code == 302
    rows = {row.code: row for row in Observation.objects.all()}
    assert len(rows) == 3
    assert (rows["8867-4"].flag, rows["8867-4"].unit, rows["8867-4"].recorded_by) == ("high", "/min", nurse)


@pytest.mark.parametrize(
    "values",
    [
        {"8867-4": "8000"},
        {"8867-4": "abc"},
        {"8480-6": "80", "8462-4": "120"},
        {},
        {"8867-4": "70", "observed_at": "2999-01-01T10:00"},
        {"8867-4": "70", "observed_at": "yesterday"},
    ],
)
def test_vitals_when_impossible_then_the_form_comes_back(client, nurse, patient, values):
    data = {"observed_at": moment(minutes=5)} | values
    assert post(client, nurse, "observation-new", patient.pk, **data).status_code == 400
    assert not Observation.objects.exists()


def test_laboratory_when_entered_then_in_the_record(client, owner, patient):
    client.force_login(owner)
    url = reverse("observation-new", args=[patient.pk]) + "?category=laboratory"
    assert client.post(url, {"observed_at": moment(minutes=5), "718-7": "98.5"}).status_code == 302
    row = Observation.objects.get()
    assert (row.category, row.value_number, row.flag) == ("laboratory", Decimal("98.5"), "low")


def test_range_when_the_patient_is_a_child_then_that_of_its_age(owner):
    born = SOME_DAY.date().replace(year=SOME_DAY.year - 3)
    child = records.patient(owner, "C1", birth_date=born)
    assert records.observation(child, owner, value="120").flag == ""


def test_withdraw_when_posted_then_the_value_is_kept_apart(client, owner, patient):
    row = records.observation(patient, owner)
    assert post(client, owner, "observation-withdraw", row.pk, reason="other patient").status_code == 302
    page = client.get(reverse("observations", args=[patient.pk])).content.decode()
    assert "other patient" in page


@pytest.mark.parametrize(
    "fields",
    [
        {"value_number": None, "value_text": ""},
        {"value_number": 1, "value_text": "positive"},
        {"value_number": 1, "reference_low": 5, "reference_high": 4},
        {"value_number": 1, "status": "entered-in-error"},
    ],
)
def test_observation_when_it_contradicts_itself_then_the_database_refuses(owner, patient, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(
            patient=patient, category="vital", code="x", observed_at=SOME_DAY, recorded_by=owner, **fields
        )


def test_entry_when_written_then_the_event_names_the_row_without_its_content(owner, patient):
    row = records.condition(patient, owner, display="绝密诊断")
    event = Event.objects.get(action="condition.add")
    assert (event.object_id, event.patient_id) == (str(row.pk), patient.pk)
    assert "绝密诊断" not in str(event.detail)
