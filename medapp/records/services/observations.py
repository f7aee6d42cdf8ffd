"""Vitals and laboratory results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.http import HttpRequest

from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.catalogue import BY_CODE, LOINC, Measure, reference_range
from medapp.records.errors import AlreadyEndedError, ImplausibleValueError, ReasonMissingError
from medapp.records.models import Encounter, Observation, Patient


@dataclass(frozen=True)
class Measured:
    """One result as it comes in; ``number`` or ``text``, never both. Limits are the laboratory's own."""

    code: str
    observed_at: datetime
    number: Decimal | None = None
    text: str = ""
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    category: str = Observation.Category.LABORATORY
    display_zh: str = ""
    display_en: str = ""
    system: str = LOINC
    source_key: str = ""


def add_observation(
    *,
    patient: Patient,
    measured: Measured,
    by: User,
    encounter: Encounter | None = None,
    request: HttpRequest | None = None,
) -> Observation:
    """Add one result. Raises ImplausibleValueError."""
    return add_observations(
        patient=patient, measured=[measured], by=by, encounter=encounter, request=request
    )[0]


@transaction.atomic
def add_observations(
    *,
    patient: Patient,
    measured: Sequence[Measured],
    by: User,
    encounter: Encounter | None = None,
    request: HttpRequest | None = None,
) -> list[Observation]:
    """Add results that came together, with one audit event. Raises ImplausibleValueError before any is written."""
    rows = [_row(patient, item, by, encounter) for item in measured]
    Observation.objects.bulk_create(rows, batch_size=500)
    if rows:
        record(
            action="observation.add",
            by=by,
            patient_id=patient.pk,
            obj=rows[0] if len(rows) == 1 else None,
            detail={"count": len(rows), "codes": sorted({row.code for row in rows})[:20]},
            request=request,
        )
    return rows


def record_measurements(
    *,
    patient: Patient,
    values: dict[str, Decimal],
    observed_at: datetime,
    by: User,
    encounter: Encounter | None = None,
    request: HttpRequest | None = None,
) -> list[Observation]:
    """Add values of the catalogue by LOINC code, with the reference range of the patient's age."""
    measured = [
        Measured(code=code, observed_at=observed_at, number=number) for code, number in values.items()
    ]
    return add_observations(patient=patient, measured=measured, by=by, encounter=encounter, request=request)


@transaction.atomic
def withdraw_observation(
    *, observation: Observation, reason: str, by: User, request: HttpRequest | None = None
) -> Observation:
    """Mark a result as entered in error; it stays visible as such."""
    if not reason.strip():
        raise ReasonMissingError
    locked = Observation.objects.select_for_update().get(pk=observation.pk)
    if locked.status != Observation.Status.FINAL:
        raise AlreadyEndedError
    locked.status, locked.status_reason = Observation.Status.WITHDRAWN, reason.strip()[:200]
    locked.save(update_fields=["status", "status_reason"])
    record(
        action="observation.withdraw",
        by=by,
        patient_id=locked.patient_id,
        obj=locked,
        reason=reason.strip(),
        request=request,
    )
    return locked


def check_plausible(measure: Measure, number: Decimal) -> None:
    """Raises ImplausibleValueError where no living person has such a value."""
    if not Decimal(str(measure.least)) <= number <= Decimal(str(measure.most)):
        raise ImplausibleValueError(
            name=measure.label,
            value=number,
            low=f"{measure.least:g}",
            high=f"{measure.most:g} {measure.unit}",
        )


def _row(patient: Patient, item: Measured, by: User, encounter: Encounter | None) -> Observation:
    measure = BY_CODE.get(item.code) if item.system == LOINC else None
    low, high = item.low, item.high
    if measure is not None:
        if item.number is not None and item.unit in ("", measure.unit):
            check_plausible(measure, item.number)
        if low is None and high is None and item.unit in ("", measure.unit):
            low, high = reference_range(measure, patient.age_on(item.observed_at.date()))
    return Observation(
        patient=patient,
        encounter=encounter,
        category=measure.category if measure else item.category,
        system=item.system,
        code=item.code,
        display_zh=item.display_zh or (measure.zh if measure else ""),
        display_en=item.display_en or (measure.en if measure else ""),
        value_number=item.number,
        value_text=item.text,
        unit=item.unit or (measure.unit if measure and item.number is not None else ""),
        reference_low=low if item.number is not None else None,
        reference_high=high if item.number is not None else None,
        observed_at=item.observed_at,
        recorded_by=by,
        source_key=item.source_key,
    )
