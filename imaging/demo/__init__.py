"""Real pictures for the invented patients: children's radiographs (see README.md here), and an adult's chest, a
leg, a CT and an MR slice from the pydicom packages, relabelled with the invented names."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from pydicom import dcmread
from pydicom.data import get_testdata_file

from imaging.dicom.wrap import WrapAttributes, uid_for, wrap_image
from imaging.models import Instance, Upload, UploadFile
from imaging.services import Incoming, receive_files, start_upload
from medapp.accounts.models import User
from medapp.records.demo import CHEST_MRN, CT_MRN, LEG_MRN, MR_MRN
from medapp.records.models import Patient

FOLDER = Path(__file__).parent
RADIOGRAPHS = {
    "D0001": "person1008_bacteria_2939",
    "D0002": "person1016_bacteria_2947",
    "D0003": "person1015_virus_1701",
    "D0004": "person106_virus_194",
    "D0005": "person101_bacteria_483",
    "D0006": "person1137_virus_1876",
    "D0007": "IM-0010-0001",
    "D0008": "person1043_bacteria_2977",
    "D0009": "IM-0015-0001",
    "D0010": "person1091_bacteria_3031",
    "D0011": "person118_virus_224",
    "D0012": "IM-0037-0001",
}
PACKAGE_FILES = {
    CHEST_MRN: ("RG1_UNCR.dcm", "CHEST"),
    LEG_MRN: ("RG3_UNCR.dcm", "LEG"),
    MR_MRN: ("MR-SIEMENS-DICOM-WithOverlays.dcm", "ABDOMEN"),
    CT_MRN: ("eCT_Supplemental.dcm", "HEAD"),
}
DAYS_AGO = 1


def load_images(say: Callable[[str], None]) -> None:
    """Store the pictures that are not there yet, as the patient's own doctor would have sent them."""
    count = 0
    for patient, content in _files():
        by = User.objects.filter(care_teams__patient=patient, role="doctor").order_by("username").first()
        upload = start_upload(patient=patient, by=by, source=Upload.Source.COMMAND, expected_files=1)
        verdicts = receive_files(upload=upload, files=[Incoming("demo.dcm", io.BytesIO(content))], by=by)
        count += sum(one.verdict == UploadFile.Verdict.STORED for one in verdicts)
    say(f"{count} images stored")


def _files() -> Iterator[tuple[Patient, bytes]]:
    for mrn, name in RADIOGRAPHS.items():
        patient = Patient.objects.get(mrn=mrn)
        if not _is_stored(mrn):
            yield patient, _radiograph(patient, FOLDER / f"{name}.jpeg")
    for mrn, (name, body_part) in PACKAGE_FILES.items():
        path = get_testdata_file(name, download=False)
        if path is not None and not _is_stored(mrn):
            yield (
                Patient.objects.get(mrn=mrn),
                _relabelled(Patient.objects.get(mrn=mrn), str(path), body_part),
            )


def _is_stored(mrn: str) -> bool:
    return Instance.objects.filter(sop_instance_uid=uid_for(f"demo:{mrn}")).exists()


def _radiograph(patient: Patient, path: Path) -> bytes:
    attributes = WrapAttributes(
        uid_key=f"demo:{patient.mrn}",
        patient_name=_person_name(patient),
        dicom_patient_id=patient.mrn,
        patient_birth_date=patient.birth_date,
        patient_sex=_sex(patient),
        study_date=timezone.localdate() - timedelta(days=DAYS_AGO),
        modality="CR",
        body_part_examined="CHEST",
        view_position="AP",
        study_description="Chest AP",
        institution_name="medapp demonstration",
    )
    return wrap_image(path.read_bytes(), attributes)


def _relabelled(patient: Patient, path: str, body_part: str) -> bytes:
    """The package's file with the invented patient's identity and UIDs of its own; the pixels stay."""
    dataset = dcmread(path)
    key = f"demo:{patient.mrn}"
    day = timezone.localdate() - timedelta(days=DAYS_AGO)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName, dataset.PatientID = _person_name(patient), patient.mrn
    dataset.PatientBirthDate, dataset.PatientSex = f"{patient.birth_date:%Y%m%d}", _sex(patient)
    dataset.StudyDate, dataset.BodyPartExamined = f"{day:%Y%m%d}", body_part
    dataset.SOPInstanceUID = uid_for(key)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uid_for(f"{key}:study"), uid_for(f"{key}:series")
    dataset.pop("PatientAge", None)
    stream = io.BytesIO()
    dataset.save_as(stream)
    return stream.getvalue()


def _person_name(patient: Patient) -> str:
    return f"{patient.name_latin.replace(' ', '^', 1)}={patient.name_zh}".rstrip("=")


def _sex(patient: Patient) -> str:
    return {"male": "M", "female": "F"}.get(patient.sex, "O")
