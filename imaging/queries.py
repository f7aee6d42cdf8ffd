"""Reads of the archive. Visibility is the policy's; what belongs to no patient yet is its sender's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, F, Prefetch, Q, QuerySet

from imaging.dicom import sandbox
from imaging.dicom.errors import DicomRefusedError
from imaging.errors import UnreadableImageError
from imaging.models import Instance, Series, Study, Upload, UploadFile
from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.records.models import Patient
from medapp.vault.blobs import open_blob
from ml.outputs import ImageInput


def studies_visible_to(user: User) -> QuerySet[Study]:
    return _counted(visible_to(user, Action.IMAGE_READ, Study.objects.all())).select_related("patient")


def studies_of(patient: Patient) -> QuerySet[Study]:
    return _counted(Study.objects.filter(patient=patient)).prefetch_related(
        Prefetch("series", Series.objects.annotate(image_count=Count("instances")))
    )


def _counted(studies: QuerySet[Study]) -> QuerySet[Study]:
    return studies.annotate(
        series_count=Count("series", distinct=True), image_count=Count("series__instances", distinct=True)
    ).order_by(F("study_date").desc(nulls_last=True), "-created_at")


def search_studies(studies: QuerySet[Study], text: str, modality: str) -> QuerySet[Study]:
    """Keep those with this accession number, patient number or part of a name."""
    if text:
        studies = studies.filter(
            Q(accession_number=text)
            | Q(study_instance_uid=text)
            | Q(patient__mrn__iexact=text)
            | Q(patient__name_zh__contains=text)
            | Q(patient__name_latin__icontains=text)
            | Q(patient__name_pinyin__startswith=text.lower().replace(" ", ""))
            | Q(patient__name_initials__startswith=text.lower())
        )
    return studies.filter(series__modality=modality) if modality else studies


def series_of(study: Study) -> list[Any]:
    """Series with images, each with ``image_count`` and ``first`` (the instance that stands for it)."""
    rows: list[Any] = list(study.series.annotate(image_count=Count("instances")).filter(image_count__gt=0))
    for series in rows:
        members = list(series.instances.defer("header").order_by("slice_position_mm", "instance_number"))
        series.first = members[len(members) // 2] if len(members) > 2 else members[0]
    return rows


@dataclass(frozen=True)
class StackFrame:
    """One picture of a stack; ``frame`` counts from 0 within its instance."""

    instance: Instance
    frame: int


def stack_of(series: Series) -> Iterator[StackFrame]:
    """The pictures of a series in the order in which they are scrolled through."""
    for instance in series.instances.filter(has_pixels=True).defer("header"):
        for frame in range(instance.number_of_frames):
            yield StackFrame(instance, frame)


def uploads_visible_to(user: User) -> QuerySet[Upload]:
    """Those to visible patients, and one's own that named no patient."""
    return visible_to(user, Action.IMAGE_UPLOAD, Upload.objects.all())


def quarantine_visible_to(user: User) -> QuerySet[UploadFile]:
    """Files that wait for a decision which ``user`` may take."""
    waiting = UploadFile.objects.filter(verdict=UploadFile.Verdict.QUARANTINED, resolution="")
    rows = visible_to(user, Action.QUARANTINE_REVIEW, waiting)
    return rows.select_related("upload", "patient", "upload__created_by")


def model_input(instance: Instance) -> ImageInput:
    """The picture as it is presented, with what its header says, for a model.

    The first frame, or the middle one of a stack. Decoded in the sandbox; raises UnreadableImageError.
    """
    series = instance.series
    return ImageInput(
        pixels=presented_pixels(instance, instance.number_of_frames // 2),
        modality=series.modality or None,
        body_part=series.body_part_examined or None,
        view=instance.view_position or None,
        age_years=age_years(instance),
    )


def presented_pixels(instance: Instance, frame: int = 0) -> np.ndarray:
    """uint8 [rows, columns] or [rows, columns, 3]; raises UnreadableImageError."""
    try:
        with open_blob(instance.blob) as stream:
            return sandbox.present_frame(stream, frame)
    except DicomRefusedError as refusal:
        raise UnreadableImageError.from_refusal(refusal) from refusal


def age_years(instance: Instance) -> float | None:
    """The patient's age on the day of the study, by the record; by the header where no day is known."""
    study = instance.series.study
    if study.study_date is None or study.study_date < study.patient.birth_date:
        return instance.patient_age_years
    return round((study.study_date - study.patient.birth_date).days / 365.25, 3)
