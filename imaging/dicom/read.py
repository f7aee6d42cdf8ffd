"""Read the header of one file into a `Header`, believing nothing in it."""

import hashlib
import warnings
from struct import unpack
from typing import Any

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.uid import UID

from imaging.dicom.dataset import DicomFile, open_file
from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.functional import functional_value
from imaging.dicom.header import Header
from imaging.dicom.limits import DEFAULT_LIMITS, Limits
from imaging.dicom.scan import Buffer
from imaging.dicom.text import PersonName, TextReader
from imaging.dicom.values import (
    age_between,
    ascii_text,
    finite_floats,
    is_valid_uid,
    parse_age_years,
    parse_date,
    parse_floats,
    parse_int,
    parse_time,
)

IDENTIFIERS = ("sop_instance_uid", "study_instance_uid", "series_instance_uid", "sop_class_uid")
DIGEST_CHUNK = 1 << 20


def read_header(buffer: Buffer, limits: Limits = DEFAULT_LIMITS) -> Header:
    """Header of a whole file in memory or mapped; raises DicomRefusedError and nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return header_of(open_file(buffer, limits))


def header_of(file: DicomFile) -> Header:
    return _HeaderReader(file).header()


def pixel_digest(file: DicomFile) -> str:
    if file.layout.pixel_keyword is None:
        return ""
    digest, data = hashlib.sha256(), file.pixel_bytes
    for start in range(0, len(data), DIGEST_CHUNK):
        digest.update(data[start : start + DIGEST_CHUNK])
    return digest.hexdigest()


class _HeaderReader:
    """Takes raw bytes by keyword: pydicom's own conversions raise on what real files hold."""

    def __init__(self, file: DicomFile) -> None:
        self.file, self.dataset = file, file.dataset
        self.warnings: list[str] = []
        declared = ascii_text(self.raw("SpecificCharacterSet"))
        self.character_sets = [term.strip() for term in declared.split("\\")] if declared else []
        self.texts = TextReader(self.character_sets)

    def raw(self, keyword: str) -> bytes | None:
        tag = tag_for_keyword(keyword)
        item = self.dataset.get_item(tag) if tag is not None else None
        if isinstance(item, RawDataElement):
            return item.value if isinstance(item.value, bytes) else None
        return None

    def ascii(self, keyword: str) -> str:
        return ascii_text(self.raw(keyword))[:64]

    def code_string(self, keyword: str) -> str:
        return self.ascii(keyword).upper()[:16]

    def strings(self, keyword: str) -> list[str]:
        text = ascii_text(self.raw(keyword))[:256]
        return [part.strip() for part in text.split("\\")] if text else []

    def text(self, keyword: str) -> str:
        return self.texts.text(self.raw(keyword))[:256]

    def name(self, keyword: str) -> PersonName | None:
        return self.texts.person_name(self.raw(keyword))

    def uid(self, keyword: str) -> str:
        raw = (self.raw(keyword) or b"").strip(b" \0")
        value = raw.decode("latin-1")
        if value and not is_valid_uid(value):
            raise DicomRefusedError(Code.INVALID_UID, keyword=keyword)
        return value

    def short(self, keyword: str) -> int | None:
        raw = self.raw(keyword)
        if raw is None or len(raw) < 2:
            return None
        return int(unpack("<H" if self.file.encoding.is_little_endian else ">H", raw[:2])[0])

    def checked(self, keyword: str, parse: Any, code: str) -> Any:
        """A parsed value; a warning where something stands there that is none."""
        text = ascii_text(self.raw(keyword))
        value = parse(text)
        if value is None and text:
            self.warnings.append(f"{code}:{keyword}")
        return value

    def floats(self, keyword: str) -> list[float]:
        own = parse_floats(ascii_text(self.raw(keyword)))
        return own or finite_floats(functional_value(self.dataset, keyword))

    def number(self, keyword: str) -> float | None:
        return next(iter(self.floats(keyword)), None)

    def header(self) -> Header:
        identity = self.identity()
        if not all(identity[name] for name in IDENTIFIERS):
            raise DicomRefusedError(Code.MISSING_IDENTIFIERS)
        parts = {**identity, **self.patient(), **self.study(), **self.image(), **self.pixels()}
        all_warnings = sorted({*self.warnings, *self.texts.warnings})
        return Header(**parts, warnings=all_warnings)

    def identity(self) -> dict[str, Any]:
        syntax, sop_class = self.file.transfer_syntax_uid, self.uid("SOPClassUID")
        return {
            "transfer_syntax_uid": syntax,
            "transfer_syntax_name": UID(syntax).name,
            "sop_class_uid": sop_class,
            "sop_class_name": UID(sop_class).name,
            "sop_instance_uid": self.uid("SOPInstanceUID"),
            "study_instance_uid": self.uid("StudyInstanceUID"),
            "series_instance_uid": self.uid("SeriesInstanceUID"),
            "frame_of_reference_uid": self.uid("FrameOfReferenceUID"),
            "specific_character_set": self.character_sets,
        }

    def patient(self) -> dict[str, Any]:
        birth = self.checked("PatientBirthDate", parse_date, "date-invalid")
        day = parse_date(ascii_text(self.raw("StudyDate")))
        age = self.checked("PatientAge", parse_age_years, "age-invalid")
        return {
            "patient_name": self.name("PatientName"),
            "dicom_patient_id": self.text("PatientID")[:64],
            "issuer_of_patient_id": self.text("IssuerOfPatientID")[:64],
            "patient_birth_date": birth,
            "patient_sex": self.code_string("PatientSex"),
            "patient_age_years": age if age is not None else age_between(birth, day),
        }

    def study(self) -> dict[str, Any]:
        return {
            "study_date": self.checked("StudyDate", parse_date, "date-invalid"),
            "study_time": self.checked("StudyTime", parse_time, "time-invalid"),
            "study_id": self.text("StudyID")[:64],
            "study_description": self.text("StudyDescription"),
            "accession_number": self.text("AccessionNumber")[:64],
            "referring_physician_name": self.name("ReferringPhysicianName"),
            "series_date": self.checked("SeriesDate", parse_date, "date-invalid"),
            "series_number": parse_int(self.ascii("SeriesNumber")),
            "series_description": self.text("SeriesDescription"),
            "protocol_name": self.text("ProtocolName"),
            "acquisition_date": self.checked("AcquisitionDate", parse_date, "date-invalid"),
            "acquisition_time": self.checked("AcquisitionTime", parse_time, "time-invalid"),
            "modality": self.code_string("Modality"),
            "manufacturer": self.text("Manufacturer"),
            "manufacturer_model_name": self.text("ManufacturerModelName"),
            "institution_name": self.text("InstitutionName"),
            "station_name": self.text("StationName"),
        }

    def image(self) -> dict[str, Any]:
        return {
            "instance_number": parse_int(self.ascii("InstanceNumber")),
            "body_part_examined": self.code_string("BodyPartExamined"),
            "view_position": self.code_string("ViewPosition"),
            "laterality": self.code_string("ImageLaterality") or self.code_string("Laterality"),
            "patient_orientation": self.strings("PatientOrientation"),
            "image_type": self.strings("ImageType"),
            "pixel_spacing": self.floats("PixelSpacing")[:2],
            "imager_pixel_spacing": self.floats("ImagerPixelSpacing")[:2],
            "slice_thickness": self.number("SliceThickness"),
            "slice_location": self.number("SliceLocation"),
            "image_position_patient": self.floats("ImagePositionPatient")[:3],
            "image_orientation_patient": self.floats("ImageOrientationPatient")[:6],
            "frame_time_ms": self.number("FrameTime"),
            "burned_in_annotation": self.code_string("BurnedInAnnotation"),
            "lossy_image_compression": self.code_string("LossyImageCompression"),
        }

    def pixels(self) -> dict[str, Any]:
        layout = self.file.layout
        is_open = layout.pixel_length is not None and not self.file.is_inflated
        return {
            "rows": self.short("Rows"),
            "columns": self.short("Columns"),
            "number_of_frames": self.frames(),
            "samples_per_pixel": self.short("SamplesPerPixel") or 1,
            "bits_allocated": self.short("BitsAllocated"),
            "bits_stored": self.short("BitsStored"),
            "pixel_representation": self.short("PixelRepresentation") or 0,
            "photometric_interpretation": self.code_string("PhotometricInterpretation"),
            "planar_configuration": self.short("PlanarConfiguration") or 0,
            "window_center": self.floats("WindowCenter")[:8],
            "window_width": self.floats("WindowWidth")[:8],
            "rescale_slope": self.number("RescaleSlope"),
            "rescale_intercept": self.number("RescaleIntercept"),
            "has_pixels": layout.pixel_keyword is not None,
            "pixel_digest": pixel_digest(self.file),
            "pixel_offset": layout.pixel_offset if is_open else None,
            "pixel_length": layout.pixel_length if is_open else None,
            "element_count": layout.elements,
        }

    def frames(self) -> int:
        """Zero, negative and absent counts mean one image, as other readers take them."""
        return max(1, parse_int(self.ascii("NumberOfFrames")) or 1)


def dataset_of(buffer: Buffer, limits: Limits = DEFAULT_LIMITS) -> Dataset:
    """The pydicom dataset before the pixel data, for callers inside the sandbox."""
    return open_file(buffer, limits).dataset
