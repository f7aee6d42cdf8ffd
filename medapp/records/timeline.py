"""One patient's history from every department, newest first."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.plugs import TimelineEntry
from medapp.records.models import Observation, Patient
from medapp.records.presenters import abnormal_words, condition_name, medication_name


def timeline(patient: Patient, user: User, kinds: Iterable[str] = ()) -> list[TimelineEntry]:
    """Return the entries of all sources that ``user`` may read; ``kinds`` are keys of sources, none means all."""
    wanted = set(kinds)
    entries: list[TimelineEntry] = []
    for source in plugs.timeline_sources:
        if (not wanted or source.key in wanted) and can(user, Action(source.action)):
            entries.extend(source.fetch(patient, user))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def encounters(patient: Patient, user: User) -> Iterator[TimelineEntry]:
    for row in patient.encounters.select_related("department", "doctor"):
        place = [str(part) for part in (row.department, row.doctor) if part]
        yield TimelineEntry(
            at=row.started_at,
            kind="encounter",
            title=f"{row.get_kind_display()} · {row.get_status_display()}",
            detail=row.reason or "",
            by=" · ".join(place),
        )


def notes(patient: Patient, user: User) -> Iterator[TimelineEntry]:
    for row in patient.notes.select_related("author", "signed_by"):
        yield TimelineEntry(
            at=row.signed_at or row.updated_at,
            kind="note",
            title=f"{row.title or row.get_kind_display()} · {row.get_status_display()}",
            detail=row.text[:240],
            url=reverse("note", args=[row.pk]),
            by=str(row.signed_by or row.author),
            is_machine_made=row.origin == row.Origin.AI_DRAFT,
        )


def conditions(patient: Patient, user: User) -> Iterator[TimelineEntry]:
    for row in patient.conditions.exclude(clinical_status="entered-in-error").select_related("recorded_by"):
        yield TimelineEntry(
            at=_noon(row.onset_date) or row.recorded_at,
            kind="condition",
            title=_("%(diagnosis)s begins") % {"diagnosis": condition_name(row)},
            detail=row.code,
            by=str(row.recorded_by),
            is_machine_made=row.suggestion_id is not None,
        )
        if row.resolved_date:
            resolved = _("%(diagnosis)s resolved") % {"diagnosis": condition_name(row)}
            yield TimelineEntry(
                at=_noon(row.resolved_date) or row.recorded_at, kind="condition", title=resolved
            )


def medications(patient: Patient, user: User) -> Iterator[TimelineEntry]:
    for row in patient.medicationrequests.select_related("recorded_by"):
        words = {"medication": medication_name(row)}
        dose = " ".join(part for part in (row.dose_text, row.frequency, row.route) if part)
        begins = _("%(medication)s begins") % words
        by = str(row.recorded_by)
        yield TimelineEntry(
            _noon(row.started_at) or row.recorded_at, "medication", begins, detail=dose, by=by
        )
        if row.ended_at:
            ends = _("%(medication)s ends") % words
            yield TimelineEntry(
                _noon(row.ended_at) or row.recorded_at, "medication", ends, detail=row.status_reason
            )


def observations(patient: Patient, user: User) -> Iterator[TimelineEntry]:
    """Results grouped by day and category: a blood count is one entry, not twenty."""
    rows = patient.observations.filter(status=Observation.Status.FINAL).select_related("recorded_by")
    ordered = sorted(rows, key=lambda row: (timezone.localdate(row.observed_at), row.category))
    for (_day, category), group in groupby(
        ordered, key=lambda row: (timezone.localdate(row.observed_at), row.category)
    ):
        results = list(group)
        label = Observation.Category(category).label
        count = ngettext("%(n)d value", "%(n)d values", len(results)) % {"n": len(results)}
        yield TimelineEntry(
            at=max(row.observed_at for row in results),
            kind="vital" if category == Observation.Category.VITAL else "lab",
            title=f"{label} · {count}",
            detail=abnormal_words(results),
            url=reverse("observations", args=[patient.pk]),
            by=", ".join(sorted({str(row.recorded_by) for row in results})),
        )


def _noon(day: object) -> datetime | None:
    """A date without a time stands in the middle of its day."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day, time(12)))  # type: ignore[arg-type]
