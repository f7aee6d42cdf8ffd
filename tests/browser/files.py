"""Files as they lie on a doctor's disk."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydicom.uid import generate_uid

from imaging.dicom.wrap import WrapAttributes, wrap_image
from tests.factories import dicom

RADIOGRAPH = Path(__file__).resolve().parents[2] / "imaging" / "demo" / "person1091_bacteria_3031.jpeg"


def radiograph(key: str) -> bytes:
    """A child's chest radiograph as DICOM, another file for each ``key``, without a name in it."""
    attributes = WrapAttributes(
        uid_key=f"browser:{key}",
        patient_name="",
        dicom_patient_id="",
        study_date=datetime.now(UTC).date() - timedelta(days=1),
        modality="CR",
        body_part_examined="CHEST",
        view_position="AP",
        study_description="Chest AP",
    )
    return wrap_image(RADIOGRAPH.read_bytes(), attributes)


def picture(**changes: object) -> bytes:
    """A small CT slice that names nobody, so that it fits every chart."""
    return dicom.file_bytes(
        PatientName=None, PatientID=None, PatientBirthDate=None, PatientSex=None, **changes
    )


def slices(count: int) -> list[bytes]:
    """A small stack: slices of one series."""
    same = {"StudyInstanceUID": generate_uid(), "SeriesInstanceUID": generate_uid()}
    return [picture(InstanceNumber=number, **same) for number in range(1, count + 1)]


def mixed_folder(folder: Path) -> Path:
    """Six files as a folder from a CD has them: three slices, one of them twice, a text and an empty file."""
    folder.mkdir()
    stack = slices(3)
    for number, content in enumerate([*stack, stack[0]], 1):
        (folder / f"slice-{number}.dcm").write_bytes(content)
    (folder / "readme.dcm").write_text("This is no picture.")
    (folder / "empty.dcm").write_bytes(b"")
    return folder


def zipped(path: Path, contents: list[bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, content in enumerate(contents, 1):
            archive.writestr(f"disc/IM{number:04d}", content)
    return path
