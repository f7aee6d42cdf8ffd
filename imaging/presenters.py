"""Rows as the pages show them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from imaging.dicom.header import Header
from imaging.identity import Match, compare
from imaging.models import Instance, Series, Study, UploadFile
from imaging.services.quarantine import RELEASABLE
from imaging.words import sentence, warning_words
from medapp.records.models import Patient

Verdict = UploadFile.Verdict


def verdict(file: UploadFile) -> dict[str, Any]:
    """One file of an upload in words, for the page, its script and the command."""
    message, hint = sentence(file.code, file.params)
    is_open = file.verdict == Verdict.QUARANTINED and not file.resolution
    return {
        "id": str(file.pk),
        "file": file.name,
        "verdict": file.verdict,
        "code": file.code,
        "message": message,
        "hint": hint,
        "study_instance_uid": study_instance_uid(file),
        "url": _file_url(file, is_open),
    }


def _file_url(file: UploadFile, is_open: bool) -> str:
    if file.instance_id:
        return reverse("instance", args=[file.instance_id])
    return reverse("quarantined-file", args=[file.pk]) if is_open else ""


def study_instance_uid(file: UploadFile) -> str | None:
    if file.instance is not None:
        return file.instance.series.study.study_instance_uid
    header = file.stored_header
    return header.study_instance_uid if header else None


def counts(files: Iterable[UploadFile]) -> dict[str, int]:
    found = Counter(file.verdict for file in files)
    return {value: found[value] for value in Verdict.values}


def modalities(series: Iterable[Series]) -> str:
    return " ".join(sorted({row.modality for row in series if row.modality})) or "–"


def study_row(study: Study) -> dict[str, Any]:
    series = list(study.series.all())
    return {
        "study": study,
        "url": reverse("study", args=[study.pk]),
        "modalities": modalities(series),
        "body_parts": " ".join(sorted({row.body_part_examined for row in series if row.body_part_examined})),
        "title": study.study_description or modalities(series),
        "series_count": getattr(study, "series_count", len(series)),
        "image_count": getattr(study, "image_count", 0),
        "thumbnails": thumbnails(series),
    }


def thumbnails(series: Iterable[Series], limit: int = 4) -> list[str]:
    """Addresses of a picture for each of the first series."""
    found = []
    for row in list(series)[:limit]:
        keys = list(row.instances.filter(has_pixels=True).values_list("pk", flat=True))
        if keys:
            # The middle of a stack says more than its edge.
            found.append(reverse("instance-thumbnail", args=[keys[len(keys) // 2]]))
    return found


def frame(instance: Instance, number: int) -> dict[str, Any]:
    """One picture of a stack for the viewer's script."""
    return {
        "instance": str(instance.pk),
        "frame": number,
        "number": instance.instance_number,
        "position_mm": instance.slice_position_mm,
        "view": " ".join(part for part in (instance.view_position, instance.laterality) if part),
        "raw": reverse("instance-raw", args=[instance.pk, number]),
        "panels": reverse("instance-panels", args=[instance.pk]),
    }


TRAITS = (
    ("identifier", _("Patient’s number")),
    ("birth_date", _("Birth date")),
    ("sex", _("Sex")),
    ("name", _("Name")),
)


def comparison(header: Header, patient: Patient | None) -> list[dict[str, Any]]:
    """Header and chart side by side, trait by trait."""
    name = header.patient_name
    stated = {
        "identifier": header.dicom_patient_id,
        "birth_date": header.patient_birth_date,
        "sex": header.patient_sex,
        "name": " · ".join(filter(None, (name.ideographic, name.alphabetic, name.offered))) if name else "",
    }
    known = _known(patient)
    matches = compare(header, patient) if patient is not None else None
    return [
        {
            "label": label,
            "stated": stated[key],
            "known": known.get(key, ""),
            "match": getattr(matches, key) if matches else Match.ABSENT,
        }
        for key, label in TRAITS
    ]


def _known(patient: Patient | None) -> dict[str, Any]:
    if patient is None:
        return {}
    return {
        "identifier": patient.mrn,
        "birth_date": patient.birth_date,
        "sex": patient.get_sex_display(),
        "name": " · ".join(filter(None, (patient.name_zh, patient.name_latin))),
    }


def quarantine_row(file: UploadFile) -> dict[str, Any]:
    message, hint = sentence(file.code, file.params)
    header = file.stored_header
    return {
        "file": file,
        "url": reverse("quarantined-file", args=[file.pk]),
        "message": message,
        "hint": hint,
        "is_releasable": file.code in RELEASABLE,
        "modality": header.modality if header else "",
        "study_date": header.study_date if header else None,
        "warnings": warning_words(header.warnings) if header else [],
    }


def quarantine_rows(files: Iterable[UploadFile]) -> list[dict[str, Any]]:
    """One row for each examination of a sending: one decision settles all of its files."""
    rows: dict[Any, dict[str, Any]] = {}
    for file in files:
        header = file.stored_header
        key = (file.upload_id, file.code, header.study_instance_uid if header else file.pk)
        row = rows.setdefault(key, quarantine_row(file) | {"file_count": 0})
        row["file_count"] += 1
    return list(rows.values())


def instance_facts(instance: Instance) -> dict[str, Any]:
    """What a reader wants beside the picture; from the header as it came."""
    header = instance.stored_header
    return {
        "header": header,
        "warnings": warning_words(header.warnings),
        "size": f"{header.columns} × {header.rows}" if header.rows else "",
        "spacing": header.pixel_spacing or header.imager_pixel_spacing,
    }
