"""What the rest of the application knows about one DICOM file."""

from dataclasses import asdict, dataclass, field
from datetime import date, time
from typing import Any, Self

from imaging.dicom.text import PersonName

DATE_FIELDS = ("patient_birth_date", "study_date", "series_date", "acquisition_date")
TIME_FIELDS = ("study_time", "acquisition_time")


@dataclass(frozen=True)
class Header:
    """Keywords in snake_case. Absent or unusable values are None, "" or an empty list; what was
    unusable is named in `warnings` as `code` or `code:keyword`. Lengths in mm, angles as given.
    `pixel_digest` is the SHA-256 of the pixel data as stored (still compressed), "" without any.
    `pixel_offset` and `pixel_length` are set for native pixel data that lies openly in the file.
    """

    transfer_syntax_uid: str = ""
    transfer_syntax_name: str = ""
    sop_class_uid: str = ""
    sop_class_name: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    frame_of_reference_uid: str = ""
    specific_character_set: list[str] = field(default_factory=list)

    patient_name: PersonName | None = None
    dicom_patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_birth_date: date | None = None
    patient_sex: str = ""
    patient_age_years: float | None = None

    study_date: date | None = None
    study_time: time | None = None
    study_id: str = ""
    study_description: str = ""
    accession_number: str = ""
    referring_physician_name: PersonName | None = None
    series_date: date | None = None
    series_number: int | None = None
    series_description: str = ""
    protocol_name: str = ""
    acquisition_date: date | None = None
    acquisition_time: time | None = None
    instance_number: int | None = None
    modality: str = ""
    body_part_examined: str = ""
    view_position: str = ""
    laterality: str = ""
    patient_orientation: list[str] = field(default_factory=list)
    image_type: list[str] = field(default_factory=list)
    manufacturer: str = ""
    manufacturer_model_name: str = ""
    institution_name: str = ""
    station_name: str = ""

    rows: int | None = None
    columns: int | None = None
    number_of_frames: int = 1
    samples_per_pixel: int = 1
    bits_allocated: int | None = None
    bits_stored: int | None = None
    pixel_representation: int = 0
    photometric_interpretation: str = ""
    planar_configuration: int = 0
    pixel_spacing: list[float] = field(default_factory=list)
    imager_pixel_spacing: list[float] = field(default_factory=list)
    slice_thickness: float | None = None
    slice_location: float | None = None
    image_position_patient: list[float] = field(default_factory=list)
    image_orientation_patient: list[float] = field(default_factory=list)
    window_center: list[float] = field(default_factory=list)
    window_width: list[float] = field(default_factory=list)
    rescale_slope: float | None = None
    rescale_intercept: float | None = None
    frame_time_ms: float | None = None
    burned_in_annotation: str = ""
    lossy_image_compression: str = ""

    has_pixels: bool = False
    pixel_digest: str = ""
    pixel_offset: int | None = None
    pixel_length: int | None = None
    element_count: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def has_patient_identity(self) -> bool:
        return bool(self.patient_name or self.dicom_patient_id)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` is the way back."""
        values = asdict(self)
        for name in DATE_FIELDS + TIME_FIELDS:
            values[name] = values[name].isoformat() if values[name] else None
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        values = dict(values)
        for names, kind in ((DATE_FIELDS, date), (TIME_FIELDS, time)):
            for name in names:
                values[name] = kind.fromisoformat(values[name]) if values[name] else None
        for name in ("patient_name", "referring_physician_name"):
            values[name] = PersonName.from_dict(values[name]) if values[name] else None
        return cls(**values)
