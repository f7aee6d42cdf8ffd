from datetime import date
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import Department, User
from medapp.accounts.services import join_care_team
from medapp.audit.services import record
from medapp.jobs.services import cancel_jobs_of_patient
from medapp.records.errors import NationalIdTakenError, PatientNumberTakenError
from medapp.records.models import Patient
from medapp.records.search import canonical_national_id, canonical_phone
from medapp.records.spelling import main_pinyin
from medapp.records.terms import refresh_terms
from medapp.typed import plain_line
from medapp.vault.index import candidates


class PatientFields(TypedDict, total=False):
    """What a person can change about a patient; ids and search columns follow by themselves."""

    mrn: str
    name_zh: str
    name_latin: str
    sex: str
    birth_date: date
    deceased_date: date | None
    national_id: str | None
    phone: str | None
    address: str | None
    contact: str | None
    language: str
    department: Department | None
    ai_consent: bool


@transaction.atomic
def create_patient(
    *, by: User, is_demo: bool = False, request: HttpRequest | None = None, **fields: Unpack[PatientFields]
) -> Patient:
    """Add a patient; a clinician who could not see the new chart otherwise joins its care team.

    Raises PatientNumberTakenError, NationalIdTakenError.
    """
    patient = Patient(created_by=by, is_demo=is_demo)
    _fill(patient, fields)
    _save(patient, force_insert=True)
    refresh_terms([patient])
    if can(by, Action.CHART_READ) and not can(by, Action.CHART_READ, patient):
        join_care_team(by=by, patient=patient, user=by, request=request)
    record(action=Action.PATIENT_CREATE, by=by, patient_id=patient.pk, obj=patient, request=request)
    return patient


@transaction.atomic
def update_patient(
    *, patient: Patient, by: User, request: HttpRequest | None = None, **fields: Unpack[PatientFields]
) -> Patient:
    """Change a patient's personal data; withdrawn consent also stops what models were to do for the patient.

    Raises PatientNumberTakenError, NationalIdTakenError.
    """
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    before = {name: getattr(locked, name) for name in fields}
    _fill(locked, fields)
    changed = sorted(name for name, value in before.items() if getattr(locked, name) != value)
    if not changed:
        return locked
    _save(locked)
    refresh_terms([locked])
    if "ai_consent" in changed and not locked.ai_consent:
        cancel_jobs_of_patient(patient_id=locked.pk, by=by, reason="ai-consent-withdrawn")
    record(
        action="patient.update",
        by=by,
        patient_id=locked.pk,
        obj=locked,
        detail={"fields": changed},
        request=request,
    )
    return locked


def _fill(patient: Patient, fields: PatientFields) -> None:
    for name, value in fields.items():
        setattr(patient, name, plain_line(value) if isinstance(value, str) else value)
    patient.phone = canonical_phone(patient.phone or "") or None
    patient.national_id = canonical_national_id(patient.national_id or "") or None
    patient.address, patient.contact = patient.address or None, patient.contact or None
    patient.name_pinyin, patient.name_initials = main_pinyin(patient.name_zh, patient.name_latin)


def _save(patient: Patient, force_insert: bool = False) -> None:
    _refuse_taken_numbers(patient)
    try:
        with transaction.atomic():
            patient.save(force_insert=force_insert)
    except IntegrityError:
        _refuse_taken_numbers(patient)  # somebody took the number since it was looked up
        raise


def _refuse_taken_numbers(patient: Patient) -> None:
    others = Patient.objects.exclude(pk=patient.pk)
    if others.filter(mrn=patient.mrn).exists():
        raise PatientNumberTakenError(mrn=patient.mrn)
    digests = candidates(patient.national_id or "", "patient.national_id")
    if digests and others.filter(national_id_index__in=digests).exists():
        raise NationalIdTakenError
