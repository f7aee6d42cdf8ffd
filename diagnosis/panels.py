"""What the diagnosis department draws beside an image or a note of the departments below it."""

from typing import Any

from django.urls import reverse

from diagnosis import presenters, queries, subjects
from diagnosis.models import Subject
from imaging.models import Instance
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.records.models import Note


def context(subject: Instance | Note, user: Any) -> dict[str, Any]:
    """Return the panel's context: what models said, what is running, and the button that asks."""
    kind = subjects.subject_type_of(subject)
    name = "instance" if kind == Subject.INSTANCE else "note"
    rows = list(queries.suggestions_about(subject.pk, user))
    return {
        "subject_id": str(subject.pk),
        "suggestions": [presenters.present(row, user) for row in rows],
        "pending": list(queries.pending_jobs(subject.pk)),
        "panel_url": reverse(f"{name}-suggestions", args=[subject.pk]),
        "request_url": reverse(f"{name}-predict", args=[subject.pk])
        if can(user, Action.SUGGESTION_REQUEST, subject)
        else None,
        "has_consent": subjects.patient_of(subject).ai_consent,
    }
