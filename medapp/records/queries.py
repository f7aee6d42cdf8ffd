"""Reads of the record. What a user may see is decided in ``accounts.access`` and nowhere else."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest

from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action, Scope, scope_of
from medapp.accounts.models import CareTeamMember, User
from medapp.audit.services import record
from medapp.records.catalogue import MEASURES
from medapp.records.models import (
    AllergyIntolerance,
    Attachment,
    Condition,
    Encounter,
    MedicationRequest,
    Note,
    Observation,
    Patient,
)
from medapp.records.search import Match, match_patients

LATEST_NOTES = 5
SHORTEST_WORDS = 2
CATALOGUE_ORDER = {measure.code: number for number, measure in enumerate(MEASURES)}
AUDITED_HITS = 20  # the hits of one page; each leaves its own event


def charts_visible_to(user: User) -> QuerySet[Patient]:
    """Return the patients whose chart ``user`` may read."""
    return visible_to(user, Action.CHART_READ, Patient.objects.select_related("department"))


def own_patients(user: User) -> QuerySet[Patient]:
    """Return the patients in whose care team ``user`` is now; a ward's nurse cares for the whole department."""
    if scope_of(user.role, Action.CHART_READ) is Scope.DEPARTMENT:
        return charts_visible_to(user)
    teams = CareTeamMember.objects.filter(user=user, until__isnull=True)
    return charts_visible_to(user).filter(pk__in=teams.values("patient"))


def search_patients(
    user: User, query: str, *, limit: int = AUDITED_HITS, request: HttpRequest | None = None
) -> list[Match]:
    """Return the patients that ``user`` may find and ``query`` means, best first; each is audited as a hit."""
    found = match_patients(visible_to(user, Action.PATIENT_SEARCH, Patient.objects.all()), query, limit)
    _audit_hits(user, [(match.patient, match.basis) for match in found], request)
    return found


def search_conditions(user: User, query: str, request: HttpRequest | None = None) -> list[Condition]:
    """Return the active problems named or coded like ``query`` among the charts that ``user`` may read."""
    words = query.strip()
    if len(words) < SHORTEST_WORDS:
        return []
    named = Q(display__icontains=words) | Q(display_en__icontains=words) | Q(code__istartswith=words)
    active = Condition.objects.filter(named, clinical_status=Condition.ClinicalStatus.ACTIVE)
    visible = visible_to(user, Action.CHART_READ, active).select_related("patient")
    found = list(visible.order_by("patient__name_pinyin", "code")[:AUDITED_HITS])
    _audit_hits(user, [(row.patient, "problem") for row in found], request)
    return found


def _audit_hits(user: User, hits: list[tuple[Patient, str]], request: HttpRequest | None) -> None:
    with transaction.atomic():
        for patient, basis in hits:
            record(
                action=Action.PATIENT_SEARCH,
                by=user,
                patient_id=patient.pk,
                outcome="allowed",
                detail={"basis": basis},
                request=request,
            )


@dataclass(frozen=True)
class Series:
    """All values of one measurement of a patient, oldest first."""

    code: str
    observations: list[Observation]

    @property
    def latest(self) -> Observation:
        return self.observations[-1]

    @property
    def has_numbers(self) -> bool:
        return any(observation.value_number is not None for observation in self.observations)


@dataclass(frozen=True)
class Chart:
    """What the overview of a patient shows."""

    problems: list[Condition]
    past_problems: list[Condition]
    allergies: list[AllergyIntolerance]
    medications: list[MedicationRequest]
    past_medications: list[MedicationRequest]
    vitals: list[Series]
    laboratory: list[Series]
    notes: list[Note]
    encounters: list[Encounter]
    attachments: list[Attachment]


def chart(patient: Patient) -> Chart:
    """Return everything on the overview in a fixed number of queries."""
    conditions = list(patient.conditions.exclude(clinical_status=Condition.ClinicalStatus.WITHDRAWN))
    medications = list(patient.medicationrequests.all())
    series = observation_series(patient)
    active = MedicationRequest.Status.ACTIVE
    return Chart(
        problems=[row for row in conditions if row.clinical_status == Condition.ClinicalStatus.ACTIVE],
        past_problems=[row for row in conditions if row.clinical_status == Condition.ClinicalStatus.RESOLVED],
        allergies=list(patient.allergyintolerances.all()),
        medications=[row for row in medications if row.status == active],
        past_medications=[row for row in medications if row.status != active],
        vitals=[s for s in series if s.latest.category == Observation.Category.VITAL],
        laboratory=[s for s in series if s.latest.category == Observation.Category.LABORATORY],
        notes=list(notes_of(patient)[:LATEST_NOTES]),
        encounters=list(patient.encounters.select_related("department", "doctor")[:5]),
        attachments=list(attachments_of(patient)),
    )


def observation_series(patient: Patient) -> list[Series]:
    """Return the valid results by code, in the order of the catalogue, unknown codes last."""
    valid = patient.observations.filter(status=Observation.Status.FINAL)
    rows = valid.select_related("recorded_by").order_by("system", "code", "observed_at")
    found = [
        Series(key[1], list(group)) for key, group in groupby(rows, key=lambda row: (row.system, row.code))
    ]
    return sorted(found, key=lambda series: CATALOGUE_ORDER.get(series.code, len(CATALOGUE_ORDER)))


def notes_of(patient: Patient) -> QuerySet[Note]:
    return patient.notes.select_related("author", "signed_by", "encounter")


def attachments_of(patient: Patient) -> QuerySet[Attachment]:
    return patient.attachments.filter(withdrawn_at__isnull=True).select_related("recorded_by", "blob")


def notes_to_sign(user: User) -> QuerySet[Note]:
    """Return the drafts that wait for ``user``: own ones about patients whose notes ``user`` may sign."""
    drafts = Note.objects.filter(status=Note.Status.DRAFT, author=user).select_related("patient")
    return visible_to(user, Action.NOTE_SIGN, drafts).order_by("-updated_at")


def with_last_visit(patients: QuerySet[Patient]) -> QuerySet[Any]:
    """Annotate ``last_seen_at``."""
    visits = Encounter.objects.filter(patient=OuterRef("pk")).order_by("-started_at")
    return patients.annotate(last_seen_at=Subquery(visits.values("started_at")[:1]))


def with_current_team(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Prefetch the open memberships as ``current_team``."""
    members = CareTeamMember.objects.filter(until__isnull=True).select_related("user")
    return patients.prefetch_related(Prefetch("care_team", queryset=members, to_attr="current_team"))
