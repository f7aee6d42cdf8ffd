"""Where a readable file belongs: which patient, and whether anything stored speaks against it."""

from dataclasses import dataclass
from typing import Any

from imaging import identity, words
from imaging.dicom.header import Header
from imaging.models import Instance, Series, Study, UploadFile
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.records.models import Patient

Verdict = UploadFile.Verdict
Basis = Study.IdentityBasis


@dataclass(frozen=True)
class Placement:
    """``patient`` is whom the file is about as far as that is known, whatever the verdict."""

    verdict: Verdict
    code: str
    patient: Patient | None = None
    basis: Basis = Basis.HEADER
    existing: Instance | None = None
    params: dict[str, Any] | None = None


def place(header: Header, chart: Patient | None, by: User | None, *, is_confirmed: bool = False) -> Placement:
    """Decide about one file. ``is_confirmed``: a person has said that it belongs to ``chart``."""
    known = Instance.objects.filter(sop_instance_uid=header.sop_instance_uid).first()
    if known is not None:
        return _beside_known(header, known, chart, by)
    found = _confirmed(chart) if is_confirmed and chart else _whose(header, chart, by)
    if found.verdict is Verdict.STORED and found.patient is not None:
        return _fitting_hierarchy(header, found)
    return found


def _beside_known(header: Header, known: Instance, chart: Patient | None, by: User | None) -> Placement:
    """The same image again is a duplicate; another image under its identifier is a collision."""
    owner = known.series.study.patient
    is_hidden = by is not None and not can(by, Action.IMAGE_UPLOAD, owner)
    is_same = _is_same_object(header, known)
    if is_same and not is_hidden and chart in (None, owner):
        return Placement(Verdict.DUPLICATE, words.DUPLICATE, owner, existing=known)
    if is_same:
        return Placement(Verdict.QUARANTINED, words.STUDY_OF_OTHER_PATIENT, chart)
    return Placement(Verdict.QUARANTINED, words.UID_COLLISION, chart or owner)


def _is_same_object(header: Header, known: Instance) -> bool:
    if header.has_pixels or known.has_pixels:
        return header.pixel_digest == known.pixel_digest
    return header == known.stored_header


def _whose(header: Header, chart: Patient | None, by: User | None) -> Placement:
    if chart is None:
        return _matched(header, by)
    comparison = identity.compare(header, chart)
    if comparison.is_same_person:
        return Placement(Verdict.STORED, words.STORED, chart, Basis.HEADER)
    if not header.has_patient_identity:
        return Placement(Verdict.STORED, words.IDENTITY_ABSENT, chart, Basis.ABSENT)
    if comparison.is_silent:
        return Placement(Verdict.STORED, words.STORED, chart, Basis.ABSENT)
    if _is_confirmed_study(header, chart):
        return Placement(Verdict.STORED, words.STORED, chart, Basis.CONFIRMED)
    return Placement(Verdict.QUARANTINED, words.PATIENT_MISMATCH, chart)


def _matched(header: Header, by: User | None) -> Placement:
    """Without a chart only identifier and birth date count, and only for patients the sender may see."""
    patient = identity.find_patient(header)
    if patient is None:
        # The holder of the number is noted, so that the care team finds the file in quarantine.
        holder = identity.holder_of(header.dicom_patient_id)
        return Placement(Verdict.QUARANTINED, words.PATIENT_UNKNOWN, holder)
    if by is not None and not can(by, Action.IMAGE_UPLOAD, patient):
        return Placement(Verdict.QUARANTINED, words.PATIENT_UNKNOWN, patient)
    return Placement(Verdict.STORED, words.STORED, patient, Basis.HEADER)


def _confirmed(chart: Patient) -> Placement:
    return Placement(Verdict.STORED, words.STORED, chart, Basis.CONFIRMED)


def _is_confirmed_study(header: Header, chart: Patient) -> bool:
    """Further images of an examination that a person has already assigned to this chart."""
    study = Study.objects.filter(study_instance_uid=header.study_instance_uid, patient=chart).first()
    return study is not None and study.dicom_patient_id == header.dicom_patient_id


def _fitting_hierarchy(header: Header, found: Placement) -> Placement:
    study = Study.objects.filter(study_instance_uid=header.study_instance_uid).first()
    if study is not None and study.patient_id != found.patient.pk:  # type: ignore[union-attr]
        return Placement(Verdict.QUARANTINED, words.STUDY_OF_OTHER_PATIENT, found.patient)
    series = (
        Series.objects.filter(series_instance_uid=header.series_instance_uid).select_related("study").first()
    )
    if series is not None and series.study.study_instance_uid != header.study_instance_uid:
        return Placement(Verdict.QUARANTINED, words.UID_NESTING, found.patient)
    return found
