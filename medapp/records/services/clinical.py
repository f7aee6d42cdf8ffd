"""Encounters, conditions, medications and allergies."""

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from medapp.accounts.models import Department, User
from medapp.audit.services import record
from medapp.records.errors import AllergyKnownError, AlreadyEndedError, ReasonMissingError
from medapp.records.models import AllergyIntolerance, Condition, Encounter, MedicationRequest, Patient
from medapp.records.models.base import RecordRow

R = TypeVar("R", bound=RecordRow)


@transaction.atomic
def add_encounter(
    *,
    patient: Patient,
    started_at: datetime,
    by: User,
    kind: str = Encounter.Kind.OUTPATIENT,
    department: Department | None = None,
    doctor: User | None = None,
    ended_at: datetime | None = None,
    reason: str = "",
    source_key: str = "",
    request: HttpRequest | None = None,
) -> Encounter:
    """Add a visit or stay; it is finished where its end is known."""
    encounter = Encounter.objects.create(
        patient=patient,
        kind=kind,
        status=Encounter.Status.FINISHED if ended_at else Encounter.Status.IN_PROGRESS,
        department=department,
        doctor=doctor,
        started_at=started_at,
        ended_at=ended_at,
        reason=reason.strip() or None,
        recorded_by=by,
        source_key=source_key,
    )
    _audit("encounter.add", encounter, by, request)
    return encounter


@transaction.atomic
def finish_encounter(*, encounter: Encounter, by: User, request: HttpRequest | None = None) -> Encounter:
    locked = _locked(encounter)
    if locked.status not in (Encounter.Status.PLANNED, Encounter.Status.IN_PROGRESS):
        raise AlreadyEndedError
    locked.status, locked.ended_at = Encounter.Status.FINISHED, max(timezone.now(), locked.started_at)
    locked.save(update_fields=["status", "ended_at"])
    _audit("encounter.finish", locked, by, request)
    return locked


@transaction.atomic
def add_condition(
    *,
    patient: Patient,
    display: str,
    by: User,
    code: str = "",
    system: str = "http://hl7.org/fhir/sid/icd-10",
    display_en: str = "",
    onset_date: date | None = None,
    encounter: Encounter | None = None,
    suggestion_id: UUID | None = None,
    request: HttpRequest | None = None,
) -> Condition:
    """Add an active problem; ``suggestion_id`` names the model's suggestion that a doctor accepted."""
    condition = Condition.objects.create(
        patient=patient,
        encounter=encounter,
        system=system,
        code=code.strip(),
        display=display.strip(),
        display_en=display_en.strip(),
        onset_date=onset_date,
        suggestion_id=suggestion_id,
        recorded_by=by,
    )
    _audit("condition.add", condition, by, request)
    return condition


@transaction.atomic
def resolve_condition(
    *, condition: Condition, by: User, resolved_date: date | None = None, request: HttpRequest | None = None
) -> Condition:
    locked = _locked(condition)
    if locked.clinical_status != Condition.ClinicalStatus.ACTIVE:
        raise AlreadyEndedError
    day = resolved_date or timezone.localdate()
    locked.clinical_status = Condition.ClinicalStatus.RESOLVED
    locked.resolved_date = max(day, locked.onset_date) if locked.onset_date else day
    locked.save(update_fields=["clinical_status", "resolved_date"])
    _audit("condition.resolve", locked, by, request)
    return locked


@transaction.atomic
def withdraw_condition(
    *, condition: Condition, reason: str, by: User, request: HttpRequest | None = None
) -> Condition:
    """Mark a condition as entered in error."""
    locked, words = _locked(condition), _needed(reason)
    if locked.clinical_status == Condition.ClinicalStatus.WITHDRAWN:
        raise AlreadyEndedError
    locked.clinical_status, locked.status_reason = Condition.ClinicalStatus.WITHDRAWN, words
    locked.save(update_fields=["clinical_status", "status_reason"])
    _audit("condition.withdraw", locked, by, request, words)
    return locked


@transaction.atomic
def add_medication(
    *,
    patient: Patient,
    name: str,
    by: User,
    name_en: str = "",
    dose_text: str = "",
    frequency: str = "",
    route: str = "",
    started_at: date | None = None,
    request: HttpRequest | None = None,
) -> MedicationRequest:
    """Add a medication that a person has ordered elsewhere; nothing here is a machine's prescription."""
    medication = MedicationRequest.objects.create(
        patient=patient,
        name=name.strip(),
        name_en=name_en.strip(),
        dose_text=dose_text.strip(),
        frequency=frequency.strip(),
        route=route.strip(),
        started_at=started_at or timezone.localdate(),
        recorded_by=by,
    )
    _audit("medication.add", medication, by, request)
    return medication


@transaction.atomic
def stop_medication(
    *, medication: MedicationRequest, reason: str, by: User, request: HttpRequest | None = None
) -> MedicationRequest:
    locked, words = _locked(medication), _needed(reason)
    if locked.status != MedicationRequest.Status.ACTIVE:
        raise AlreadyEndedError
    locked.status, locked.status_reason = MedicationRequest.Status.STOPPED, words
    locked.ended_at = max(timezone.localdate(), locked.started_at)
    locked.save(update_fields=["status", "status_reason", "ended_at"])
    _audit("medication.stop", locked, by, request, words)
    return locked


@transaction.atomic
def add_allergy(
    *,
    patient: Patient,
    substance: str,
    by: User,
    substance_en: str = "",
    reaction: str = "",
    criticality: str = AllergyIntolerance.Criticality.UNKNOWN,
    request: HttpRequest | None = None,
) -> AllergyIntolerance:
    """Raises AllergyKnownError where the substance is there already."""
    name = substance.strip()
    known = AllergyIntolerance.objects.filter(patient=patient, substance=name)
    if known.filter(status=AllergyIntolerance.Status.ACTIVE).exists():
        raise AllergyKnownError
    allergy = AllergyIntolerance.objects.create(
        patient=patient,
        substance=name,
        substance_en=substance_en.strip(),
        reaction=reaction.strip(),
        criticality=criticality,
        recorded_by=by,
    )
    _audit("allergy.add", allergy, by, request)
    return allergy


@transaction.atomic
def refute_allergy(
    *, allergy: AllergyIntolerance, reason: str, by: User, request: HttpRequest | None = None
) -> AllergyIntolerance:
    locked, words = _locked(allergy), _needed(reason)
    if locked.status != AllergyIntolerance.Status.ACTIVE:
        raise AlreadyEndedError
    locked.status, locked.status_reason = AllergyIntolerance.Status.REFUTED, words
    locked.save(update_fields=["status", "status_reason"])
    _audit("allergy.refute", locked, by, request, words)
    return locked


def _locked(row: R) -> R:
    manager: models.Manager[R] = type(row)._default_manager
    return manager.select_for_update().get(pk=row.pk)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissingError
    return reason.strip()[:200]


def _audit(action: str, row: RecordRow, by: User, request: HttpRequest | None, reason: str = "") -> None:
    record(action=action, by=by, patient_id=row.patient_id, obj=row, reason=reason, request=request)
