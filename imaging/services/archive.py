"""Rows of the archive for one file that may be stored."""

import base64

from imaging.dicom.geometry import slice_position_mm
from imaging.dicom.sandbox import Inspection
from imaging.models import Instance, Series, Study, Thumbnail
from imaging.services.placement import Placement
from medapp.accounts.models import User
from medapp.vault.models import Blob


def add_instance(*, inspection: Inspection, placement: Placement, blob: Blob, by: User | None) -> Instance:
    """Create what is missing of study and series, then the instance. Call inside a transaction."""
    header = inspection.header
    instance = Instance.objects.create(
        series=_series(inspection, _study(inspection, placement, by)),
        sop_instance_uid=header.sop_instance_uid,
        sop_class_uid=header.sop_class_uid,
        transfer_syntax_uid=header.transfer_syntax_uid,
        instance_number=header.instance_number,
        slice_position_mm=slice_position_mm(header.image_position_patient, header.image_orientation_patient),
        rows=header.rows or None,
        columns=header.columns or None,
        number_of_frames=header.number_of_frames,
        has_pixels=header.has_pixels,
        view_position=header.view_position,
        laterality=header.laterality,
        patient_age_years=header.patient_age_years,
        pixel_digest=header.pixel_digest,
        header=header.to_dict(),
        blob=blob,
        sha256=blob.sha256,
        size_bytes=blob.size_bytes,
    )
    if inspection.thumbnail:
        jpeg = base64.b64encode(inspection.thumbnail).decode("ascii")
        Thumbnail.objects.create(instance=instance, jpeg=jpeg)
    return instance


def _study(inspection: Inspection, placement: Placement, by: User | None) -> Study:
    header, patient = inspection.header, placement.patient
    if patient is None:
        raise ValueError("a stored image has a patient")
    study, _is_new = Study.objects.get_or_create(
        study_instance_uid=header.study_instance_uid,
        defaults={
            "patient": patient,
            "accession_number": header.accession_number,
            "study_date": header.study_date or header.acquisition_date,
            "study_time": header.study_time,
            "study_description": header.study_description or header.protocol_name,
            "institution_name": header.institution_name,
            "dicom_patient_id": header.dicom_patient_id,
            "identity_basis": placement.basis,
            "created_by": by,
        },
    )
    return study


def _series(inspection: Inspection, study: Study) -> Series:
    header = inspection.header
    series, _is_new = Series.objects.get_or_create(
        series_instance_uid=header.series_instance_uid,
        defaults={
            "study": study,
            "modality": header.modality,
            "series_number": header.series_number,
            "series_description": header.series_description or header.protocol_name,
            "body_part_examined": header.body_part_examined,
        },
    )
    return series
