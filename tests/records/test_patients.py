from datetime import date

import pytest
from django.db import IntegrityError, transaction

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.audit.models import Event
from medapp.records import errors, services
from medapp.records.models import Patient
from tests.factories import accounts, records


def test_create_when_doctor_then_joins_the_care_team(owner):
    patient = records.patient(owner)
    assert can(owner, Action.CHART_READ, patient)
    assert Event.objects.filter(action="patient.create", patient_id=patient.pk).count() == 1


def test_create_when_nurse_sees_it_by_department_then_joins_no_team(nurse, patient):
    made = records.patient(nurse, "N0002", department=patient.department)
    assert made.care_team.count() == 0


def test_create_when_saved_then_sorts_and_abbreviates_by_pinyin(owner):
    patient = records.patient(owner, name_zh="曾国强")
    assert (patient.name_pinyin, patient.name_initials) == ("zengguoqiang", "zgq")


def test_create_when_number_is_taken_then_refused_by_name(owner, patient):
    with pytest.raises(errors.PatientNumberTakenError) as refusal:
        records.patient(owner, patient.mrn)
    assert patient.mrn in str(refusal.value)


def test_create_when_national_id_is_taken_then_refused_however_it_is_written(owner):
    records.patient(owner, "A", national_id="11010119800305123x")
    with pytest.raises(errors.NationalIdTakenError):
        records.patient(owner, "B", national_id="110101 19800305 123X")


def test_create_when_saved_then_phone_and_identifier_are_not_in_the_table(owner):
    patient = records.patient(
        owner, phone="13812345678", national_id="110101198003051234", address="花园路1号"
    )
    row = Patient.objects.filter(pk=patient.pk).extra(
        select={"a": "phone", "b": "national_id", "c": "address"}
    )
    stored = str(row.values_list("a", "b", "c")[0])
    assert not any(secret in stored for secret in ("13812345678", "110101198003051234", "花园路"))


def test_update_when_nothing_changes_then_leaves_no_event(owner, patient):
    services.update_patient(patient=patient, by=owner, name_zh=patient.name_zh)
    assert not Event.objects.filter(action="patient.update").exists()


def test_update_when_changed_then_the_event_names_the_fields_only(owner, patient):
    services.update_patient(patient=patient, by=owner, phone="13900000000", address="新址")
    assert Event.objects.get(action="patient.update").detail == {"fields": ["address", "phone"]}


@pytest.mark.parametrize(
    "fields",
    [
        {"name_zh": "", "name_latin": ""},
        {"birth_date": date(2000, 1, 1), "deceased_date": date(1999, 1, 1)},
    ],
)
def test_patient_when_impossible_then_the_database_refuses(owner, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        records.patient(owner, "Z9", **fields)


@pytest.mark.parametrize(("day", "age"), [(date(2024, 3, 4), 43), (date(2024, 3, 5), 44)])
def test_age_when_before_and_on_the_birthday(owner, day, age):
    assert records.patient(owner).age_on(day) == age


def test_care_team_page_when_colleague_is_added_then_can_read(client, owner, colleague, patient):
    client.force_login(owner)
    client.post(f"/patients/{patient.pk}/care-team", {"user": str(colleague.pk)})
    assert can(colleague, Action.CHART_READ, patient)


def test_care_team_page_when_one_leaves_then_sent_to_the_list(client, owner, patient):
    client.force_login(owner)
    response = client.post(f"/patients/{patient.pk}/care-team", {"remove": str(owner.pk)})
    assert (response.status_code, response.headers["Location"]) == (302, "/patients/")
    assert not can(owner, Action.CHART_READ, patient)


def test_care_team_page_when_removing_nonsense_then_nothing_happens(client, owner, patient):
    client.force_login(owner)
    response = client.post(f"/patients/{patient.pk}/care-team", {"remove": "not-an-id"})
    assert response.status_code == 302
    assert can(owner, Action.CHART_READ, patient)


def test_break_glass_when_reason_is_stated_then_the_chart_opens(client, colleague, patient):
    client.force_login(colleague)
    response = client.post(
        f"/patients/{patient.pk}/break-glass", {"reason": "unconscious in the emergency room"}
    )
    assert (response.status_code, response.headers["Location"]) == (302, f"/patients/{patient.pk}/")
    assert client.get(f"/patients/{patient.pk}/").status_code == 200


def test_break_glass_when_reason_says_nothing_then_stays_closed(client, colleague, patient):
    client.force_login(colleague)
    assert client.post(f"/patients/{patient.pk}/break-glass", {"reason": "x"}).status_code == 400
    assert client.get(f"/patients/{patient.pk}/").status_code == 404


def test_break_glass_page_when_opened_then_shows_no_allergies(client, owner, colleague, patient):
    records.allergy(patient, owner, "青霉素")
    client.force_login(colleague)
    assert "青霉素" not in client.get(f"/patients/{patient.pk}/break-glass").content.decode()


def test_break_glass_when_member_already_then_straight_to_the_chart(client, owner, patient):
    client.force_login(owner)
    assert client.get(f"/patients/{patient.pk}/break-glass").status_code == 302


def test_break_glass_when_nurse_or_manager_then_not_found(client, manager, patient):
    client.force_login(manager)
    assert client.get(f"/patients/{patient.pk}/break-glass").status_code == 404


def form_of(**changes: str) -> dict[str, str]:
    filled = {"mrn": "N77", "name_zh": "新人", "sex": "female", "birth_date": "1999-09-09", "language": "en"}
    return filled | changes


def test_new_patient_when_posted_then_opens_the_chart(client, owner):
    client.force_login(owner)
    response = client.post("/patients/new", form_of())
    made = Patient.objects.get(mrn="N77")
    assert (response.status_code, response.headers["Location"]) == (302, f"/patients/{made.pk}/")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"birth_date": "2999-01-01"}, 400),
        ({"birth_date": "not a date"}, 400),
        ({"name_zh": ""}, 400),
        ({"mrn": ""}, 400),
        ({"sex": "purple"}, 400),
        ({"birth_date": "1990-01-01", "deceased_date": "1989-01-01"}, 400),
    ],
)
def test_new_patient_when_impossible_then_the_form_comes_back(client, owner, changes, status):
    client.force_login(owner)
    response = client.post("/patients/new", form_of(**changes))
    assert response.status_code == status
    assert not Patient.objects.filter(mrn="N77").exists()


def test_new_patient_when_number_is_taken_then_told_and_kept(client, owner, patient):
    client.force_login(owner)
    response = client.post("/patients/new", form_of(mrn=patient.mrn))
    assert response.status_code == 409
    assert "新人" in response.content.decode()


def test_edit_when_posted_then_changed(client, owner, patient):
    client.force_login(owner)
    client.post(f"/patients/{patient.pk}/edit", form_of(mrn=patient.mrn, phone="139 0000 2222"))
    patient.refresh_from_db()
    assert (patient.name_zh, patient.phone) == ("新人", "13900002222")


def test_list_when_doctor_then_own_patients_and_others_by_search_with_break_glass(
    client, owner, colleague, patient
):
    client.force_login(colleague)
    assert patient.mrn not in client.get("/patients/").content.decode()
    found = client.get("/patients/", {"q": "zhangweiming"}).content.decode()
    assert f"/patients/{patient.pk}/break-glass" in found


def test_list_when_asked_by_htmx_then_rows_alone(client, owner, patient):
    client.force_login(owner)
    page = client.get("/patients/", {"q": "zwm"}, headers={"HX-Request": "true"}).content.decode()
    assert patient.mrn in page
    assert "<html" not in page


@pytest.mark.parametrize("query", ["?page=999", "?page=x", "?sort=-birth", "?sort=evil;drop"])
def test_list_when_parameters_are_nonsense_then_still_a_page(client, owner, patient, query):
    client.force_login(owner)
    assert client.get(f"/patients/{query}").status_code == 200


def test_list_when_data_manager_then_not_found(client, manager):
    client.force_login(manager)
    assert client.get("/patients/").status_code == 404


def test_search_page_when_found_then_links_to_the_chart(client, owner, patient):
    client.force_login(owner)
    assert f"/patients/{patient.pk}/" in client.get("/search", {"q": "张伟明"}).content.decode()


def test_search_page_when_nothing_is_asked_then_says_how(client, manager):
    client.force_login(manager)
    assert client.get("/search").status_code == 200


@pytest.mark.parametrize("role", ["data_manager", "privacy_officer", "researcher", "administrator"])
def test_worklist_when_role_has_no_patients_then_shows_ways_on(client, db, role):
    client.force_login(accounts.user(role, is_staff=True))
    page = client.get("/").content.decode()
    assert "Your role has no patients of its own." in page


def test_worklist_when_doctor_then_shows_own_patients(client, owner, colleague, patient):
    client.force_login(owner)
    assert patient.mrn in client.get("/").content.decode()
    client.force_login(colleague)
    page = client.get("/").content.decode()
    assert patient.mrn not in page
    assert "You are in no care team yet." in page


def test_worklist_when_nurse_then_shows_the_department(client, nurse, patient):
    client.force_login(nurse)
    assert patient.mrn in client.get("/").content.decode()


def test_list_when_privacy_officer_then_leads_to_who_looked(client, patient):
    client.force_login(accounts.user("privacy_officer"))
    page = client.get("/patients/", {"q": "zwm"}).content.decode()
    assert f"/accountability/patients/{patient.pk}/" in page
    assert f"/patients/{patient.pk}/break-glass" not in page
