"""A plain radiograph picture (JPEG, PNG) as a DICOM object, with UIDs that depend only on a key.

Modules: patient, general study, general series, CR series / SC equipment, image pixel
(PS3.3 A.2, A.8.1). The picture is stored unpacked; that it was JPEG once is said by
LossyImageCompression.
"""

import io
import uuid
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    ExplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
)

UID_NAMESPACE = uuid.UUID("6f2b2b0e-6f0b-5d0f-9a53-2f1f0f3a7c11")
IMPLEMENTATION_VERSION_NAME = "MEDAPP_1"


@dataclass(frozen=True)
class WrapAttributes:
    """Names are PN values: "Family^Given" or "Family^Given=family^given" in Chinese."""

    uid_key: str
    patient_name: str
    dicom_patient_id: str
    patient_birth_date: date | None = None
    patient_sex: str = ""
    study_date: date | None = None
    study_time: str = "090000"
    study_key: str = ""
    series_key: str = ""
    accession_number: str = ""
    modality: str = "CR"
    body_part_examined: str = ""
    view_position: str = ""
    study_description: str = ""
    series_description: str = ""
    institution_name: str = ""
    instance_number: int = 1
    derivation_description: str = ""
    extra: dict[str, str] = field(default_factory=dict)


def uid_for(key: str) -> str:
    """The same UID for the same key, under 2.25 (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid5(UID_NAMESPACE, key).int}"


def wrap_image(image: bytes, attributes: WrapAttributes) -> bytes:
    """A complete DICOM file; grey pictures stay grey, all others become RGB."""
    with Image.open(io.BytesIO(image)) as opened:
        is_lossy = opened.format == "JPEG"
        picture = opened if opened.mode == "L" else _unified(opened)
        pixels = np.asarray(picture)
    dataset = _described(attributes)
    _set_pixels(dataset, pixels)
    dataset.LossyImageCompression = "01" if is_lossy else "00"
    return _written(dataset)


def _unified(picture: Image.Image) -> Image.Image:
    """Radiographs are often saved as RGB with three equal channels."""
    colored = picture.convert("RGB")
    channels = np.asarray(colored)
    is_grey = bool((channels[..., :1] == channels).all())
    return colored.convert("L") if is_grey else colored


def _described(attributes: WrapAttributes) -> Dataset:
    dataset = Dataset()
    is_radiograph = attributes.modality == "CR"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.SOPClassUID = ComputedRadiographyImageStorage if is_radiograph else SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = uid_for(f"instance/{attributes.uid_key}")
    _set_study(dataset, attributes)
    _set_patient(dataset, attributes)
    dataset.Modality = attributes.modality
    dataset.BodyPartExamined = attributes.body_part_examined
    dataset.ViewPosition = attributes.view_position
    dataset.ConversionType = "WSD"
    dataset.DerivationDescription = attributes.derivation_description
    for keyword, value in attributes.extra.items():
        setattr(dataset, keyword, value)
    return dataset


def _set_patient(dataset: Dataset, attributes: WrapAttributes) -> None:
    birth, day = attributes.patient_birth_date, attributes.study_date
    dataset.PatientName = attributes.patient_name
    dataset.PatientID = attributes.dicom_patient_id
    dataset.PatientBirthDate = birth.strftime("%Y%m%d") if birth else ""
    dataset.PatientSex = attributes.patient_sex
    if birth and day and day >= birth:
        dataset.PatientAge = age_string(birth, day)


def age_string(birth: date, day: date) -> str:
    """AS in the unit that suits: months under two years, weeks under three months."""
    days = (day - birth).days
    if days < 90:
        return f"{days // 7:03d}W"
    months = (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)
    return f"{months:03d}M" if months < 24 else f"{months // 12:03d}Y"


def _set_study(dataset: Dataset, attributes: WrapAttributes) -> None:
    study_key = attributes.study_key or attributes.uid_key
    dataset.StudyInstanceUID = uid_for(f"study/{study_key}")
    dataset.SeriesInstanceUID = uid_for(f"series/{attributes.series_key or study_key}")
    day = attributes.study_date.strftime("%Y%m%d") if attributes.study_date else ""
    dataset.StudyDate, dataset.StudyTime = day, attributes.study_time if day else ""
    dataset.StudyID, dataset.SeriesNumber = "1", 1
    dataset.InstanceNumber = attributes.instance_number
    dataset.AccessionNumber = attributes.accession_number
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = attributes.study_description
    dataset.SeriesDescription = attributes.series_description
    dataset.InstitutionName = attributes.institution_name
    dataset.Manufacturer = "medapp"


def _set_pixels(dataset: Dataset, pixels: np.ndarray) -> None:
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 3 if pixels.ndim == 3 else 1
    dataset.PhotometricInterpretation = "RGB" if pixels.ndim == 3 else "MONOCHROME2"
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    if pixels.ndim == 2:
        dataset.WindowCenter, dataset.WindowWidth = "127.5", "256"
    data = np.ascontiguousarray(pixels, np.uint8).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB"


def _written(dataset: Dataset) -> bytes:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    target = io.BytesIO()
    dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()
