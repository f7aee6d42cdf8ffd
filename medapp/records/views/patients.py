"""Finding, adding and changing patients; who cares for them; break-glass."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.accounts.services import join_care_team, leave_care_team, open_break_glass
from medapp.records import services
from medapp.records.forms import CareTeamForm, PatientForm, ReasonForm
from medapp.records.models import Patient
from medapp.records.queries import AUDITED_HITS, charts_visible_to, search_patients, with_last_visit
from medapp.records.views.common import answer_form, page_of, user_of

ORDERS = {
    "name": "name_pinyin",
    "mrn": "mrn",
    "birth": "birth_date",
    "seen": "last_seen_at",
}


@dataclass(frozen=True)
class Row:
    """A patient in a list, with the page that this user may open; a locked one opens by break-glass only."""

    patient: Patient
    url: str
    is_own: bool
    is_locked: bool = False


def patients(request: HttpRequest) -> HttpResponse:
    """Own patients; with ``?q=`` everybody the user may find. htmx asks for the rows alone."""
    user, query = user_of(request), request.GET.get("q", "").strip()
    context = {"query": query, "may_create": can(user, Action.PATIENT_CREATE)}
    if query:
        found = [match.patient for match in search_patients(user, query, request=request)]
        context |= {"rows": rows_for(user, found), "is_cut": len(found) == AUDITED_HITS}
    else:
        page = page_of(request, _sorted(request, user))
        context |= {"page": page, "rows": rows_for(user, page.object_list)}
    template = "records/_patient_rows.html" if request.headers.get("HX-Request") else "records/patients.html"
    return render(request, template, context)


def rows_for(user: User, found: Iterable[Patient]) -> list[Row]:
    """Pair each patient with the page that the user may open: chart, break-glass, or who looked at it."""
    listed = list(found)
    own = set(charts_visible_to(user).filter(pk__in=[p.pk for p in listed]).values_list("pk", flat=True))
    needs_glass = can(user, Action.BREAK_GLASS_OPEN)
    return [
        Row(p, _url_for(user, p, p.pk in own), p.pk in own, is_locked=needs_glass and p.pk not in own)
        for p in listed
    ]


def _url_for(user: User, patient: Patient, is_own: bool) -> str:
    if is_own:
        return reverse("chart", args=[patient.pk])
    if can(user, Action.BREAK_GLASS_OPEN):
        return reverse("break-glass", args=[patient.pk])
    if can(user, Action.AUDIT_READ):
        return reverse("accountability-patient", args=[patient.pk])
    return ""


def _sorted(request: HttpRequest, user: User) -> QuerySet[Patient]:
    asked = request.GET.get("sort", "name")
    column = ORDERS.get(asked.lstrip("-"), "name_pinyin")
    rows = with_last_visit(charts_visible_to(user))
    return rows.order_by(f"-{column}" if asked.startswith("-") else column, "mrn")


def add_patient(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    initial = {"department": user.department_id, "language": user.language or "zh-hans"}
    form = PatientForm(request.POST or None, initial=initial)

    def save() -> str:
        patient = services.create_patient(by=user, request=request, **form.cleaned_data)
        return reverse("chart", args=[patient.pk])

    return answer_form(
        request,
        form,
        save=save,
        done=_("The patient is in the clinic’s list."),
        title=_("New patient"),
        template="records/patient_form.html",
    )


def edit_patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = PatientForm(request.POST or None, instance=patient)
    return answer_form(
        request,
        form,
        save=lambda: services.update_patient(
            patient=patient, by=user_of(request), request=request, **form.cleaned_data
        ),
        done=_("The personal data are up to date."),
        title=_("Personal data"),
        patient=patient,
        template="records/patient_form.html",
    )


def care_team(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Who cares for the patient; POST adds ``user`` or ends the membership of ``remove``."""
    user = user_of(request)
    if request.method == "POST" and "remove" in request.POST:
        return _leave(request, patient, user)
    form = CareTeamForm(request.POST or None, patient=patient)
    return answer_form(
        request,
        form,
        save=lambda: join_care_team(
            by=user, patient=patient, user=form.cleaned_data["user"], request=request
        ),
        done=_("The care team is up to date."),
        title=_("Care team"),
        patient=patient,
        landing=reverse("care-team", args=[patient.pk]),
        template="records/care_team.html",
        members=patient.care_team.filter(until__isnull=True).select_related("user", "user__department"),
        past=patient.care_team.filter(until__isnull=False).select_related("user").order_by("-until")[:20],
    )


def _leave(request: HttpRequest, patient: Patient, user: User) -> HttpResponse:
    asked = request.POST["remove"]
    members = patient.care_team.filter(until__isnull=True).select_related("user")
    for member in (member for member in members if str(member.user_id) == asked):
        leave_care_team(by=user, patient=patient, user=member.user, request=request)
        messages.success(request, _("The care team is up to date."))
    still_visible = can(user, Action.CARE_TEAM_MANAGE, patient)
    return redirect(reverse("care-team", args=[patient.pk]) if still_visible else reverse("patients"))


def break_glass(request: HttpRequest, patient: Patient) -> HttpResponse:
    """A stated reason opens the chart for an hour; whoever may read it anyway is sent there."""
    if can(user_of(request), Action.CHART_READ, patient):
        return redirect("chart", patient.pk)
    form = ReasonForm(request.POST or None)
    return answer_form(
        request,
        form,
        save=lambda: open_break_glass(
            by=user_of(request), patient=patient, reason=form.cleaned_data["reason"], request=request
        ),
        done=_("The chart is open to you for one hour. The privacy officer will review it."),
        title=_("Break-glass access"),
        landing=reverse("chart", args=[patient.pk]),
        template="records/break_glass.html",
        subject=patient,
    )
