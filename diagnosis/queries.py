"""Reads of suggestions."""

from uuid import UUID

from django.db.models import QuerySet

from diagnosis.models import Suggestion
from diagnosis.prediction import IMAGE_KIND, TEXT_KIND
from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.jobs.models import ENDED, Job, Status
from medapp.records.models import Patient


def suggestions_visible_to(user: User) -> QuerySet[Suggestion]:
    rows = Suggestion.objects.select_related("prediction__model_version", "patient")
    return visible_to(user, Action.SUGGESTION_READ, rows)


def waiting_for(user: User) -> QuerySet[Suggestion]:
    """Return the suggestions that ``user`` may decide on and nobody has."""
    rows = Suggestion.objects.select_related("prediction__model_version", "patient")
    return visible_to(user, Action.SUGGESTION_DECIDE, rows).filter(status=Suggestion.Status.OPEN)


def suggestions_about(subject_id: UUID, user: User) -> QuerySet[Suggestion]:
    """Return what models said about one image or note, the latest first."""
    return suggestions_visible_to(user).filter(prediction__subject_id=subject_id)


def pending_jobs(subject_id: UUID) -> QuerySet[Job]:
    """Return the predictions of one image or note that have not ended well yet."""
    rows = Job.objects.filter(kind__in=[IMAGE_KIND, TEXT_KIND], payload__subject_id=str(subject_id))
    return rows.exclude(status__in=[status for status in ENDED if status != Status.PARKED])


def suggestions_of(patient: Patient, user: User) -> QuerySet[Suggestion]:
    return suggestions_visible_to(user).filter(patient=patient)
