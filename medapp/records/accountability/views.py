"""Pages of the privacy officer."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medapp.accounts.models import BreakGlass, User
from medapp.accounts.services import review_break_glass
from medapp.audit.models import Event
from medapp.audit.queries import actions_seen, all_events, events_for_patient
from medapp.records.accountability import export, queries, services
from medapp.records.accountability.forms import FilterForm, ReviewForm
from medapp.records.accountability.presenters import Desk, break_words, reason_of
from medapp.records.models import Patient
from medapp.records.queries import search_patients

EVENTS_A_PAGE = 100


def start(request: HttpRequest) -> HttpResponse:
    """Whose record is it about? And what waits: openings to review, the state of the chain."""
    user, query = _user(request), request.GET.get("patient", "").strip()
    context = {
        "query": query,
        "found": search_patients(user, query, request=request) if query else [],
        "waiting": _openings(queries.openings_to_review(user)),
        "reviewed": _openings(queries.openings_reviewed(user)),
        "head": queries.chain_head(),
    }
    return render(request, "accountability/start.html", context)


def patient_trail(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Everybody who had to do with one record, and everything they did."""
    events = events_for_patient(patient.pk)
    form = FilterForm(request.GET or None, actions=actions_seen(events))
    page = _page(request, events_for_patient(patient.pk, form.kept()))
    context = _trail(form, page) | {"patient": patient, "visitors": queries.visitors_of(events)}
    return render(request, "accountability/patient.html", context)


def patient_csv(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = FilterForm(request.GET or None, actions=actions_seen(events_for_patient(patient.pk)))
    kept = form.kept()
    events = events_for_patient(patient.pk, kept)
    text = export.as_csv(events)
    services.record_export(
        by=_user(request), kept=kept, rows=events.count(), patient=patient, request=request
    )
    return _download(text, f"accountability-{patient.pk}.csv")


def log(request: HttpRequest) -> HttpResponse:
    """The whole trail, of every record and of none."""
    form = FilterForm(request.GET or None, actions=actions_seen(all_events()))
    kept = form.kept()
    page = _page(request, all_events(kept))
    services.record_log_read(by=_user(request), kept=kept, page=page.number, request=request)
    return render(request, "accountability/log.html", _trail(form, page))


def log_csv(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET or None, actions=actions_seen(all_events()))
    kept = form.kept()
    events = all_events(kept)
    text = export.as_csv(events)
    services.record_export(by=_user(request), kept=kept, rows=events.count(), request=request)
    return _download(text, "accountability.csv")


def review(request: HttpRequest, glass: BreakGlass) -> HttpResponse:
    """Show why a chart was opened and what was done in it; POST closes the review."""
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        review_break_glass(
            by=_user(request), glass=glass, finding=form.cleaned_data["finding"], request=request
        )
        messages.success(request, _("The review is closed."))
        return redirect("accountability")
    groups = Desk(queries.events_under(glass)).groups()
    context = {"glass": glass, "reason": reason_of(glass), "groups": groups, "form": form}
    return render(request, "accountability/review.html", context | {"patient": glass.patient})


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain and say whether it holds."""
    report = services.verify_chain(by=_user(request), request=request)
    if report.broken is not None:
        advice = _("Keep the database as it is and call the administrator; a backup shows what stood there.")
        messages.error(request, f"{break_words(report.broken)} {advice}")
    else:
        words = _("All %(n)d events stand as they were written. Head: %(head)s")
        messages.success(request, words % {"n": report.count, "head": report.exported_head})
    return redirect("accountability")


def _trail(form: FilterForm, page: Page[Event]) -> dict[str, Any]:
    return {"form": form, "page": page, "groups": Desk(page).groups(), "is_filtered": form.is_bound}


def _openings(openings: QuerySet[BreakGlass]) -> list[tuple[BreakGlass, str]]:
    return [(glass, reason_of(glass)) for glass in openings]


def _page(request: HttpRequest, events: QuerySet[Event]) -> Page[Event]:
    return Paginator(events, EVENTS_A_PAGE).get_page(request.GET.get("page"))


def _download(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # guard lets nobody else in  # noqa: S101
    return request.user
