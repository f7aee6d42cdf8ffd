"""The chart: overview, timeline, measurements."""

from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.records import queries
from medapp.records.models import Observation, Patient
from medapp.records.timeline import timeline
from medapp.records.trends import line_of, trend_of, worth_a_chart
from medapp.records.views.common import user_of

TIMELINE_ENTRIES = 150


def overview(request: HttpRequest, patient: Patient) -> HttpResponse:
    user = user_of(request)
    found = queries.chart(patient)
    context = {
        "patient": patient,
        "chart": found,
        "vitals": [line_of(series) for series in found.vitals],
        "laboratory": [line_of(series) for series in found.laboratory],
        "trends": [trend_of(series) for series in worth_a_chart([*found.vitals, *found.laboratory])],
        "panels": panels(patient, request),
        "may_write": can(user, Action.CHART_WRITE, patient),
        "may_measure": can(user, Action.OBSERVATION_WRITE, patient),
        "may_note": can(user, Action.NOTE_WRITE, patient),
    }
    return render(request, "records/chart.html", context)


def panels(patient: Patient, request: HttpRequest) -> list[dict[str, object]]:
    """Return the panels of other departments that the user may see, each with its context."""
    user = user_of(request)
    return [
        {"key": plug.key, "template": plug.template, "data": plug.context(patient, user)}
        for plug in plugs.chart_panels
        if can(user, Action(plug.action), patient)
    ]


def timeline_page(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Everything that happened, by day; ``?kind=`` keeps the sources with these keys."""
    user, kinds = user_of(request), request.GET.getlist("kind")
    entries = timeline(patient, user, kinds)
    until = _day(request.GET.get("until", ""))
    if until is not None:
        entries = [entry for entry in entries if timezone.localdate(entry.at) <= until]
    shown = entries[:TIMELINE_ENTRIES]
    days = [
        (day, list(group)) for day, group in groupby(shown, key=lambda entry: timezone.localdate(entry.at))
    ]
    context = {
        "patient": patient,
        "days": days,
        "sources": [s for s in plugs.timeline_sources if can(user, Action(s.action))],
        "kinds": kinds,
        "older": timezone.localdate(entries[TIMELINE_ENTRIES].at)
        if len(entries) > TIMELINE_ENTRIES
        else None,
    }
    return render(request, "records/timeline.html", context)


def observations(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Every measurement as a trend and as a table, withdrawn values listed apart."""
    user = user_of(request)
    series = queries.observation_series(patient)
    drawn = {
        category: [trend_of(s) for s in series if s.latest.category == category and s.has_numbers]
        for category in Observation.Category.values
    }
    context = {
        "patient": patient,
        "vitals": drawn[Observation.Category.VITAL],
        "laboratory": drawn[Observation.Category.LABORATORY],
        "in_words": patient.observations.exclude(value_text="").filter(status=Observation.Status.FINAL),
        "withdrawn": patient.observations.exclude(status=Observation.Status.FINAL),
        "latest": patient.observations.filter(status=Observation.Status.FINAL)[:30],
        "may_measure": can(user, Action.OBSERVATION_WRITE, patient),
    }
    return render(request, "records/observations.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
