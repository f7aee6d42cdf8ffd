"""The one ingest path: what is stored, what is a duplicate, what waits, what is refused."""

import io
import zipfile

import numpy as np
import pytest
from django.test import TestCase

from imaging import services, words
from imaging.dicom.errors import Code
from imaging.errors import UploadCancelledError
from imaging.models import Instance, Series, Study, UploadFile
from imaging.services import Incoming
from imaging.signals import instances_stored
from medapp.audit.models import Event
from medapp.records.models import Identifier
from medapp.vault.blobs import read_blob
from tests.factories import dicom as build
from tests.factories.imaging import file_of, make_patient, make_upload, make_user, radiograph_of, send

Verdict = UploadFile.Verdict
GOOD = build.file_bytes()


def test_file_of_the_chart_is_stored_byte_for_byte(doctor, patient) -> None:
    data = file_of(patient)
    [file] = send(data, by=doctor, patient=patient)
    assert (file.verdict, file.code) == (Verdict.STORED, words.STORED)
    assert read_blob(file.instance.blob) == data
    assert file.instance.series.study.patient == patient
    assert (file.instance.rows, file.instance.columns) == (48, 64)


def test_slices_of_one_series_become_one_series(doctor, patient) -> None:
    made = [build.dataset(PatientID=patient.mrn) for _ in range(3)]
    for number, dataset in enumerate(made):
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.4"
        dataset.ImagePositionPatient, dataset.ImageOrientationPatient = [0, 0, 5 - number], [1, 0, 0, 0, 1, 0]
    send(*(build.file_bytes(dataset) for dataset in made), by=doctor, patient=patient)
    assert (Study.objects.count(), Series.objects.count()) == (1, 1)
    assert [row.slice_position_mm for row in Instance.objects.all()] == [3.0, 4.0, 5.0]


def test_same_file_twice_is_a_duplicate(doctor, patient) -> None:
    data = file_of(patient)
    _first, second = send(data, data, by=doctor, patient=patient)
    assert second.verdict == Verdict.DUPLICATE
    assert Instance.objects.count() == 1


def test_same_uid_with_other_pixels_is_kept_apart(doctor, patient) -> None:
    data = file_of(patient, SOPInstanceUID="1.2.840.1")
    other = file_of(patient, SOPInstanceUID="1.2.840.1", pixels=np.ones((8, 8), np.uint16))
    first, second = send(data, other, by=doctor, patient=patient)
    assert (second.verdict, second.code) == (Verdict.QUARANTINED, words.UID_COLLISION)
    assert read_blob(first.instance.blob) == data
    assert read_blob(second.blob) == other


BAD = [
    (b"", Code.EMPTY_FILE),
    (b"Dear colleague, here is the picture.\n" * 20, Code.NOT_DICOM),
    (GOOD[: len(GOOD) // 2], Code.TRUNCATED),
    (build.jpeg2000_bomb(), Code.PIXEL_BUDGET_EXCEEDED),
    (build.with_uid(b"../../etc/passwd"), Code.INVALID_UID),
    (build.file_bytes(SOPInstanceUID=None), Code.MISSING_IDENTIFIERS),
    (build.file_bytes(Rows=0), Code.INVALID_IMAGE_ATTRIBUTES),
]


@pytest.mark.parametrize(("data", "code"), BAD)
def test_bad_file_is_refused_by_name_kept_and_the_others_go_on(doctor, patient, data, code) -> None:
    bad, good = send(data, file_of(patient), by=doctor, patient=patient)
    assert (bad.verdict, bad.code) == (Verdict.REFUSED, code)
    assert (read_blob(bad.blob) if bad.blob else b"") == data
    assert good.verdict == Verdict.STORED


def test_chinese_name_without_a_character_set_is_stored_with_its_reading(doctor, patient) -> None:
    data = build.with_name("王^小明".encode("gb18030"), None)
    made = build.with_raw_element(data, 0x0010, 0x0020, b"LO", patient.mrn.encode())
    [file] = send(made, by=doctor, patient=patient)
    header = file.instance.stored_header
    assert (file.verdict, header.patient_name.display) == (Verdict.STORED, "王 小明")
    assert header.warnings == ["charset-undeclared"]


def test_file_that_names_another_person_waits_for_a_word(doctor, patient) -> None:
    data = build.file_bytes(PatientID="X-9", PatientName="Other^Person", PatientBirthDate="19500101")
    [file] = send(data, by=doctor, patient=patient)
    assert (file.verdict, file.code) == (Verdict.QUARANTINED, words.PATIENT_MISMATCH)
    assert Instance.objects.count() == 0


def test_same_number_with_another_birth_date_is_another_person(doctor, patient) -> None:
    [file] = send(file_of(patient, PatientBirthDate="19500101"), by=doctor, patient=patient)
    assert (file.verdict, file.code) == (Verdict.QUARANTINED, words.PATIENT_MISMATCH)


def test_file_that_names_nobody_goes_where_the_doctor_put_it_and_is_marked(doctor, patient) -> None:
    data = build.file_bytes(PatientID="", PatientName="", PatientBirthDate="", PatientSex="")
    [file] = send(data, by=doctor, patient=patient)
    assert (file.verdict, file.code) == (Verdict.STORED, words.IDENTITY_ABSENT)
    assert file.instance.series.study.identity_basis == Study.IdentityBasis.ABSENT


def test_without_a_chart_number_and_birth_date_find_the_patient(doctor, patient) -> None:
    [file] = send(file_of(patient), by=doctor)
    assert file.instance.series.study.patient == patient


def test_a_number_of_another_hospital_finds_the_patient_too(doctor, patient) -> None:
    Identifier.objects.create(patient=patient, system="other hospital", value="EXT-77")
    [file] = send(build.file_bytes(PatientID="EXT-77"), by=doctor)
    assert file.instance.series.study.patient == patient


def test_nobody_is_matched_by_name_and_birth_date_alone(doctor, patient) -> None:
    [file] = send(build.file_bytes(PatientID="unknown"), by=doctor)
    assert (file.verdict, file.code) == (Verdict.QUARANTINED, words.PATIENT_UNKNOWN)


def test_a_sender_outside_the_care_team_does_not_reach_the_chart(patient, stranger) -> None:
    [file] = send(file_of(patient), by=stranger)
    assert (file.verdict, file.code, file.instance) == (Verdict.QUARANTINED, words.PATIENT_UNKNOWN, None)


def test_one_examination_has_one_patient(doctor, patient) -> None:
    other = make_patient(doctor)
    uid = {"StudyInstanceUID": "1.2.3.9"}
    first, second = send(file_of(patient, **uid), file_of(other, **uid), by=doctor)
    assert (first.verdict, second.code) == (Verdict.STORED, words.STUDY_OF_OTHER_PATIENT)


def test_zip_gives_each_member_its_verdict(doctor, patient) -> None:
    members = {
        "a.dcm": file_of(patient),
        "letter.txt": b"hello " * 50,
        "../evil.dcm": file_of(patient),
        "folder/b.dcm": file_of(patient),
    }
    files = send(build.zip_bytes(members), by=doctor, patient=patient, name="disc.zip")
    assert [(file.name.partition("/")[2], file.code) for file in files] == [
        ("a.dcm", words.STORED),
        ("letter.txt", Code.NOT_DICOM),
        ("../evil.dcm", Code.ARCHIVE_UNSAFE_NAME),
        ("folder/b.dcm", words.STORED),
    ]
    assert zipfile.is_zipfile(io.BytesIO(read_blob(files[2].blob)))


def test_zip_with_a_hundred_thousand_entries_is_one_refusal(doctor, patient) -> None:
    data = build.zip_bytes({str(number): b"" for number in range(100_000)})
    [file] = send(data, by=doctor, patient=patient)
    assert (file.verdict, file.code) == (Verdict.REFUSED, Code.ARCHIVE_TOO_MANY_ENTRIES)
    assert file.params["entries"] == 100_000


def test_departments_above_hear_of_new_images_once(doctor, patient) -> None:
    heard: list[tuple[list[Instance], object]] = []

    def hear(sender, instances, by, **kwargs) -> None:
        heard.append((list(instances), by))

    instances_stored.connect(hear)
    data = radiograph_of(patient)
    with TestCase.captureOnCommitCallbacks(execute=True):
        [file, _duplicate] = send(data, data, by=doctor, patient=patient)
    instances_stored.disconnect(hear)
    assert heard == [([file.instance], doctor)]


def test_a_department_that_fails_costs_no_verdict(doctor, patient, caplog) -> None:
    def fail(sender, **kwargs) -> None:
        raise RuntimeError("no")

    instances_stored.connect(fail)
    with TestCase.captureOnCommitCallbacks(execute=True):
        [file] = send(file_of(patient), by=doctor, patient=patient)
    instances_stored.disconnect(fail)
    assert file.verdict == Verdict.STORED
    assert "RuntimeError" in caplog.text


def test_every_sending_leaves_its_events(doctor, patient) -> None:
    send(file_of(patient), by=doctor, patient=patient)
    actions = list(
        Event.objects.filter(patient_id=patient.pk, actor_id=str(doctor.pk)).values_list("action", flat=True)
    )
    assert actions[-2:] == ["image.upload", "image.receive"]


def test_cancelled_upload_takes_no_more(doctor, patient) -> None:
    upload = make_upload(doctor, patient)
    services.cancel_upload(upload=upload, by=doctor)
    with pytest.raises(UploadCancelledError):
        services.receive_files(upload=upload, files=[Incoming("x", io.BytesIO(b"x"))], by=doctor)


def test_a_service_account_that_sends_twice_gets_a_duplicate(patient) -> None:
    modality = make_user("service")
    data = file_of(patient)
    verdicts = [file.verdict for file in send(data, data, by=modality)]
    assert verdicts == [Verdict.STORED, Verdict.DUPLICATE]
