"""Files on their way in through the pages: by form, by script, cancelled, refused, released."""

from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imaging.models import Instance, Upload, UploadFile
from medapp.records.models import Patient
from tests.factories import dicom as build
from tests.factories.imaging import file_of, make_patient, make_upload, make_user, send
from tests.imaging.conftest import client_of

OTHER_PERSON = {"PatientID": "X-9", "PatientName": "Other^Person", "PatientBirthDate": "19500101"}


def begin(client: Client, patient: Patient | None, expected: int = 1) -> dict[str, Any]:
    url = reverse("patient-upload", args=[patient.pk]) if patient else reverse("uploads")
    response = client.post(url, {"expected": expected}, headers={"Accept": "application/json"})
    assert response.status_code == 201
    return response.json()


def push(client: Client, urls: dict[str, Any], data: bytes, name: str = "胸片.dcm") -> Any:
    return client.post(f"{urls['files']}?name={name}", data, content_type="application/octet-stream")


def test_plain_form_takes_several_files_and_shows_their_verdicts(browser, patient) -> None:
    files = [SimpleUploadedFile("a.dcm", file_of(patient)), SimpleUploadedFile("b.txt", b"hello " * 60)]
    page = browser.post(reverse("patient-upload", args=[patient.pk]), {"files": files}, follow=True)
    assert page.status_code == 200
    assert [row["verdict"] for row in page.context["verdicts"]] == ["stored", "refused"]
    assert "This is no DICOM file." in page.content.decode()


def test_form_without_files_says_so(browser, patient) -> None:
    assert browser.post(reverse("patient-upload", args=[patient.pk])).status_code == 400


def test_script_sends_file_by_file_and_gets_each_verdict(browser, patient) -> None:
    urls = begin(browser, patient, 2)
    first = push(browser, urls, file_of(patient)).json()["verdicts"][0]
    second = push(browser, urls, b"").json()["verdicts"][0]
    assert (first["verdict"], first["file"]) == ("stored", "胸片.dcm")
    assert (second["verdict"], second["message"]) == ("refused", "The file is empty.")
    state = browser.get(urls["verdicts"] + "?after=1").json()
    assert (state["total"], len(state["verdicts"])) == (2, 1)


def test_large_file_passes_the_limits_of_ordinary_forms(browser, patient, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    urls = begin(browser, patient)
    assert push(browser, urls, file_of(patient)).json()["verdicts"][0]["verdict"] == "stored"


def test_file_over_the_limit_is_refused_before_it_is_kept(browser, patient, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    assert push(browser, begin(browser, patient), file_of(patient)).status_code == 413
    assert UploadFile.objects.count() == 0


def test_cancelled_upload_takes_no_more(browser, patient) -> None:
    urls = begin(browser, patient)
    browser.post(urls["cancel"], headers={"Accept": "application/json"})
    assert push(browser, urls, file_of(patient)).status_code == 409


def test_chinese_reader_gets_the_verdict_in_chinese(doctor, patient) -> None:
    doctor.language = "zh-hans"
    doctor.save()
    client = client_of(doctor)
    verdict = push(client, begin(client, patient), b"x" * 400).json()["verdicts"][0]
    assert verdict["message"] == "这不是 DICOM 文件。"


def test_stranger_reaches_neither_chart_nor_upload(doctor, patient, stranger) -> None:
    client, upload = client_of(stranger), make_upload(doctor, patient)
    assert client.post(reverse("patient-upload", args=[patient.pk]), {"expected": 1}).status_code == 404
    assert client.get(reverse("upload", args=[upload.pk])).status_code == 404
    assert push(client, {"files": reverse("upload-files", args=[upload.pk])}, b"x").status_code == 404
    assert client.post(reverse("upload-cancel", args=[upload.pk])).status_code == 404


@pytest.mark.parametrize("role", ["data_manager", "researcher", "privacy_officer", "administrator"])
def test_roles_without_images_send_none(db, role) -> None:
    assert client_of(make_user(role)).get(reverse("uploads")).status_code == 404


def test_upload_without_a_chart_belongs_to_its_sender(browser, stranger) -> None:
    urls = begin(browser, None)
    push(browser, urls, build.file_bytes(**OTHER_PERSON))
    assert browser.get(urls["page"]).status_code == 200
    assert client_of(stranger).get(urls["page"]).status_code == 404


def quarantined(doctor, patient, *files: bytes) -> UploadFile:
    rows = send(*(files or (build.file_bytes(**OTHER_PERSON),)), by=doctor, patient=patient)
    assert {row.verdict for row in rows} == {"quarantined"}
    return rows[0]


def test_comparison_shows_both_sides(browser, doctor, patient) -> None:
    file = quarantined(doctor, patient)
    page = browser.get(reverse("quarantined-file", args=[file.pk])).content.decode()
    assert "X-9" in page
    assert patient.mrn in page
    assert browser.get(reverse("quarantine")).status_code == 200


def test_release_needs_the_confirmation(browser, doctor, patient) -> None:
    file = quarantined(doctor, patient)
    assert browser.post(reverse("quarantine-release", args=[file.pk])).status_code == 400
    assert Instance.objects.count() == 0


def test_release_stores_the_whole_examination(browser, doctor, patient) -> None:
    uid = {"StudyInstanceUID": "1.2.3.4"}
    files = [build.file_bytes(**OTHER_PERSON, **uid) for _ in range(2)]
    file = quarantined(doctor, patient, *files)
    response = browser.post(reverse("quarantine-release", args=[file.pk]), {"is_confirmed": "on"})
    assert response.status_code == 302
    assert Instance.objects.filter(series__study__patient=patient).count() == 2
    assert (
        browser.post(reverse("quarantine-release", args=[file.pk]), {"is_confirmed": "on"}).status_code == 409
    )


def test_later_slices_of_a_released_examination_need_no_second_word(browser, doctor, patient) -> None:
    uid = {"StudyInstanceUID": "1.2.3.4"}
    file = quarantined(doctor, patient, build.file_bytes(**OTHER_PERSON, **uid))
    browser.post(reverse("quarantine-release", args=[file.pk]), {"is_confirmed": "on"})
    [later] = send(build.file_bytes(**OTHER_PERSON, **uid), by=doctor, patient=patient)
    assert later.verdict == "stored"


def test_file_without_a_chart_is_released_by_number(browser, doctor, patient) -> None:
    file = quarantined(doctor, None)
    url = reverse("quarantine-release", args=[file.pk])
    assert browser.post(url, {"is_confirmed": "on", "mrn": "nobody"}).status_code == 400
    assert browser.post(url, {"is_confirmed": "on", "mrn": patient.mrn}).status_code == 302


def test_nobody_releases_to_a_chart_he_may_not_see(browser, doctor, stranger) -> None:
    file = quarantined(doctor, None)
    foreign = make_patient(stranger)
    url = reverse("quarantine-release", args=[file.pk])
    assert browser.post(url, {"is_confirmed": "on", "mrn": foreign.mrn}).status_code == 400


def test_collision_cannot_be_released_over_the_stored_image(browser, doctor, patient) -> None:
    uid = {"SOPInstanceUID": "1.2.3"}
    send(file_of(patient, **uid), by=doctor, patient=patient)
    file = quarantined(doctor, patient, file_of(patient, pixels=np.ones((9, 9), np.uint8), **uid))
    response = browser.post(reverse("quarantine-release", args=[file.pk]), {"is_confirmed": "on"})
    assert response.status_code == 409
    assert Instance.objects.count() == 1


def test_file_set_aside_leaves_the_list_and_keeps_its_original(browser, doctor, patient) -> None:
    file = quarantined(doctor, patient)
    browser.post(reverse("quarantine-discard", args=[file.pk]), {"reason": "wrong disc"})
    file.refresh_from_db()
    assert (file.resolution, file.blob is not None) == ("discarded", True)
    assert not browser.get(reverse("quarantine")).context["rows"]


def test_nurse_sends_but_does_not_decide(patient, doctor) -> None:
    file = quarantined(doctor, patient)
    assert client_of(make_user("nurse")).get(reverse("quarantined-file", args=[file.pk])).status_code == 404


def test_upload_rows_tell_what_came(browser, patient) -> None:
    urls = begin(browser, patient, 1)
    push(browser, urls, file_of(patient))
    upload = Upload.objects.get()
    assert (upload.patient, upload.expected_files, upload.files.count()) == (patient, 1, 1)
