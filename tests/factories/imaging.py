"""Users, patients and stored images for the imaging department's tests."""

import io
import itertools
from datetime import date
from typing import Any

import numpy as np

from imaging import services
from imaging.models import Instance, Upload, UploadFile
from imaging.services import Incoming
from medapp.accounts.actions import Role
from medapp.accounts.models import Department, User
from medapp.records.models import Patient
from medapp.records.services import create_patient
from tests.factories import dicom as build

_numbers = itertools.count(1)
BIRTH_DATE = date(2018, 5, 1)


def make_user(role: str = Role.DOCTOR, department: Department | None = None) -> User:
    name = f"{role}-{next(_numbers)}"
    return User.objects.create_user(
        username=name, password="pw", role=role, department=department, language="en"
    )


def make_patient(by: User, **fields: Any) -> Patient:
    """A patient of ``by``'s care team who is the person that ``dicom.dataset`` names by default."""
    values: dict[str, Any] = {
        "mrn": f"T{next(_numbers):05d}",
        "name_zh": "王小明",
        "name_latin": "Xiaoming Wang",
        "sex": Patient.Sex.MALE,
        "birth_date": BIRTH_DATE,
        **fields,
    }
    return create_patient(by=by, **values)


def file_of(patient: Patient, **changes: Any) -> bytes:
    """A DICOM file whose header names this patient."""
    return build.file_bytes(PatientID=patient.mrn, **changes)


def radiograph_of(patient: Patient, **changes: Any) -> bytes:
    rows = np.random.default_rng(7).integers(0, 4000, (64, 80), dtype=np.uint16)
    return file_of(patient, pixels=rows, Modality="DX", InstanceNumber=1, **changes)


def send(
    *files: bytes, by: User | None, patient: Patient | None = None, name: str = "image.dcm"
) -> list[UploadFile]:
    """Send files through the one ingest path."""
    upload = services.start_upload(patient=patient, by=by)
    incoming = [Incoming(name, io.BytesIO(data)) for data in files]
    return services.receive_files(upload=upload, files=incoming, by=by)


def make_instance(by: User, patient: Patient | None = None, **changes: Any) -> Instance:
    patient = patient or make_patient(by)
    [file] = send(radiograph_of(patient, **changes), by=by, patient=patient)
    assert file.instance is not None, file.code
    return file.instance


def make_upload(by: User, patient: Patient | None = None) -> Upload:
    return services.start_upload(patient=patient, by=by)
