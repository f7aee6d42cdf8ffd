"""Suggestions: the queue, one of them, its heat map, the decision, the report."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diagnosis import panels, presenters, queries, reports, subjects
from diagnosis.models import Suggestion
from diagnosis.services import decide_suggestion, request_prediction
from diagnosis.services.decide import Choice
from imaging.models import Instance
from medapp.errors import ConflictError, InvalidInputError, NotFoundError
from medapp.records.models import Note, Patient
from medapp.vault.blobs import open_blob

PAGE = 50


def suggestions(request: HttpRequest) -> HttpResponse:
    """The queue of what waits for a decision; ``?status=all`` shows the decided ones too."""
    user: Any = request.user
    is_all = request.GET.get("status") == "all"
    rows = queries.suggestions_visible_to(user) if is_all else queries.waiting_for(user)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    entries = [presenters.present(row, user) | {"patient": row.patient} for row in page]
    return render(request, "diagnosis/suggestions.html", {"page": page, "entries": entries, "is_all": is_all})


def patient_suggestions(request: HttpRequest, patient: Patient) -> HttpResponse:
    user: Any = request.user
    entries = [presenters.present(row, user) for row in queries.suggestions_of(patient, user)]
    return render(request, "diagnosis/patient.html", {"patient": patient, "entries": entries})


def suggestion(request: HttpRequest, row: Suggestion) -> HttpResponse:
    return _answer(request, row)


@require_POST
def decide(request: HttpRequest, row: Suggestion) -> HttpResponse:
    """POST a decision. What was wrong with it is said in place, with the form as it was."""
    user: Any = request.user
    choice = Choice(
        verdict=request.POST.get("verdict", ""),
        label_code=request.POST.get("label", ""),
        reason_code=request.POST.get("reason_code", ""),
        reason_text=request.POST.get("reason_text", ""),
    )
    try:
        decide_suggestion(
            suggestion=row,
            by=user,
            choice=choice,
            seen_decision=request.POST.get("standing", ""),
            request=request,
        )
    except (InvalidInputError, ConflictError) as error:
        messages.error(request, f"{error} {error.advice}")
        return _answer(request, row, status=error.http_status)
    messages.success(request, _("Your decision is saved."))
    return _answer(request, row) if request.headers.get("HX-Request") else redirect("suggestion", row.pk)


@require_POST
def override(request: HttpRequest, row: Suggestion) -> HttpResponse:
    """POST: score an input that the gate refused, on this doctor's word."""
    user: Any = request.user
    prediction = row.prediction
    subject = subjects.find(prediction.subject_type, prediction.subject_id)
    request_prediction(
        subject=subject, by=user, model_name=prediction.model_version.name, ignore_scope=True, request=request
    )
    messages.info(request, _("The input is being scored on your word; the result will be marked."))
    return redirect(presenters.subject_url(prediction))


@require_POST
def request_for_instance(request: HttpRequest, instance: Instance) -> HttpResponse:
    request_prediction(subject=instance, by=request.user, request=request)  # type: ignore[arg-type]
    return redirect("instance", instance.pk)


@require_POST
def request_for_note(request: HttpRequest, note: Note) -> HttpResponse:
    request_prediction(subject=note, by=request.user, request=request)  # type: ignore[arg-type]
    return redirect("note", note.pk)


def instance_panel(request: HttpRequest, instance: Instance) -> HttpResponse:
    return render(request, "diagnosis/_panel.html", panels.context(instance, request.user))


def note_panel(request: HttpRequest, note: Note) -> HttpResponse:
    return render(request, "diagnosis/_panel.html", panels.context(note, request.user))


def heat_map(request: HttpRequest, row: Suggestion) -> HttpResponseBase:
    blob = row.prediction.heat_map
    if blob is None:
        raise NotFoundError
    response = HttpResponse(open_blob(blob).read(), content_type="image/png")
    return response


def report(request: HttpRequest, row: Suggestion) -> HttpResponse:
    """The decided finding as PDF in the reader's language."""
    content = reports.pdf(row, request.user, request)  # type: ignore[arg-type]
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="report-{str(row.pk)[:8]}.pdf"'
    return response


def _answer(request: HttpRequest, row: Suggestion, status: int = 200) -> HttpResponse:
    row.refresh_from_db()
    user: Any = request.user
    context = {"suggestion": presenters.present(row, user), "patient": row.patient, "subject_row": row}
    is_fragment = bool(request.headers.get("HX-Request"))
    template = "diagnosis/_suggestion_answer.html" if is_fragment else "diagnosis/suggestion.html"
    # htmx swaps successful answers only; the refusal stands in the fragment in words.
    return render(request, template, context, status=200 if is_fragment else status)
