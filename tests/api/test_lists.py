"""Lists hold what the policy lets the caller see, in pages, and leave a trail."""

from uuid import uuid4

import pytest

from medapp.accounts.actions import Action
from medapp.audit.models import Event
from tests.factories import accounts, diagnosis, imaging


@pytest.fixture
def foreign(db):
    return accounts.patient()


def test_patients_are_those_of_the_care_team(api, patient, foreign):
    body = api.get("/api/patients/").json()

    assert [row["id"] for row in body["results"]] == [str(patient.pk)]


def test_search_finds_by_name_and_leaves_strangers_out(api, doctor):
    found = imaging.make_patient(doctor, name_zh="欧阳修")
    imaging.make_patient(accounts.user(), name_zh="欧阳修")

    body = api.get("/api/patients/", {"search": "ouyangxiu"}).json()

    assert [row["id"] for row in body["results"]] == [str(found.pk)]


def test_suggestions_are_those_about_own_patients(api, patient, foreign):
    own, _other = diagnosis.suggestion(patient), diagnosis.suggestion(foreign)

    body = api.get("/api/suggestions/").json()

    assert [row["id"] for row in body["results"]] == [str(own.pk)]


def test_list_leaves_an_event_for_each_patient_in_it(api, patient):
    diagnosis.suggestion(patient)
    diagnosis.suggestion(patient)

    api.get("/api/suggestions/")

    events = Event.objects.filter(action=Action.SUGGESTION_READ, patient_id=patient.pk)
    assert [event.detail for event in events] == [{"listed": True}]


@pytest.mark.parametrize("query", [{"status": "open"}, {"kind": "finding"}, {"patient": "own"}])
def test_filter_keeps_what_fits(api, patient, query):
    diagnosis.suggestion(patient)
    diagnosis.suggestion(patient, in_scope=False, kind="department", subject_id=uuid4())
    query = {"patient": str(patient.pk)} if "patient" in query else query

    count = api.get("/api/suggestions/", query).json()["count"]

    assert count == (2 if "patient" in query else 1)


def test_filter_by_a_foreign_and_by_a_missing_patient_read_the_same(api, patient, foreign):
    bodies = [api.get("/api/suggestions/", {"patient": key}).json() for key in (foreign.pk, uuid4())]

    assert bodies[0] == bodies[1]
    assert bodies[0]["count"] == 0


def test_filter_that_is_nonsense_names_the_field(api, problem):
    answer = api.get("/api/suggestions/", {"patient": "me", "status": "asleep"})

    assert set(problem(answer, 400, "invalid")["errors"]) == {"patient", "status"}


@pytest.mark.parametrize("query", [{"limit": 10**9}, {"offset": 10**30}, {"limit": -1}, {"offset": "x"}])
def test_odd_pages_are_no_error(api, patient, query):
    assert api.get("/api/patients/", query).status_code == 200


def test_page_holds_500_rows_at_most(api, monkeypatch, doctor):
    monkeypatch.setattr("medapp.http.paging.Pages.max_limit", 2)
    for _number in range(3):
        accounts.patient([doctor])

    body = api.get("/api/patients/", {"limit": 1000}).json()

    assert (body["count"], len(body["results"])) == (3, 2)


def test_studies_come_with_series_and_images(api, doctor, patient):
    instance = imaging.make_instance(doctor, imaging.make_patient(doctor))
    [row] = api.get("/api/studies/").json()["results"]

    body = api.get(f"/api/studies/{row['id']}/").json()

    assert (row["series_count"], row["image_count"]) == (1, 1)
    assert body["series"][0]["modality"] == "DX"
    assert body["series"][0]["instances"][0]["sop_instance_uid"] == instance.sop_instance_uid


def test_studies_of_strangers_are_not_there(api, db):
    stranger = accounts.user()
    study = imaging.make_instance(stranger).series.study

    assert api.get("/api/studies/").json()["count"] == 0
    assert api.get(f"/api/studies/{study.pk}/").status_code == 404


@pytest.mark.parametrize(
    "query, count", [({"modality": "DX"}, 1), ({"modality": "CT"}, 0), ({"study_instance_uid": "1.2"}, 0)]
)
def test_studies_are_filtered(api, doctor, query, count):
    imaging.make_instance(doctor)

    assert api.get("/api/studies/", query).json()["count"] == count


def test_file_of_an_image_comes_byte_for_byte_and_is_accounted_for(api, doctor):
    patient = imaging.make_patient(doctor)
    data = imaging.radiograph_of(patient)
    [file] = imaging.send(data, by=doctor, patient=patient)

    answer = api.get(f"/api/instances/{file.instance.pk}/file")

    assert b"".join(answer.streaming_content) == data
    assert Event.objects.filter(action="image.download", actor_id=str(doctor.pk)).count() == 1
