"""The first page of the day: what waits for this user."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.records.queries import notes_to_sign, own_patients, with_last_visit
from medapp.records.views.common import user_of
from medapp.records.views.patients import rows_for
from medapp.records.views.ways_on import ways_on

MOST_ROWS = 100


def worklist(request: HttpRequest) -> HttpResponse:
    """Results to decide and running jobs come from other departments, own patients and drafts from here."""
    user = user_of(request)
    drawn = [
        {"key": plug.key, "template": plug.template, "context": plug.context(user)}
        for plug in plugs.worklist_sections
        if can(user, Action(plug.action))
    ]
    ways = [] if can(user, Action.CHART_READ) else ways_on(user)
    return render(request, "records/worklist.html", {"sections": drawn, "ways_on": ways})


def own_patients_section(user: User) -> dict[str, Any]:
    patients = with_last_visit(own_patients(user)).order_by("-last_seen_at", "name_pinyin")
    return {"count": patients.count(), "rows": rows_for(user, patients[:MOST_ROWS])}


def drafts_section(user: User) -> dict[str, Any]:
    drafts = notes_to_sign(user)
    return {"count": drafts.count(), "drafts": drafts[:MOST_ROWS]}
