"""Lists of studies, and the reading page."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from imaging import presenters, queries, reading
from imaging.models import Instance, Series, Study
from imaging.views.common import page_of, user_of
from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.records.models import Patient

MODALITIES = ("CR", "DX", "CT", "MR", "US", "XA", "NM", "PT", "MG", "OT")


def studies(request: HttpRequest) -> HttpResponse:
    """All studies that the user may open; ``q`` and ``modality`` narrow them."""
    text, modality = request.GET.get("q", "").strip(), request.GET.get("modality", "")
    rows = queries.search_studies(queries.studies_visible_to(user_of(request)), text, modality)
    page = page_of(request, rows.prefetch_related("series"))
    context = {
        "page": page,
        "rows": [presenters.study_row(study) for study in page],
        "query": text,
        "modality": modality,
        "modalities": MODALITIES,
        "may_upload": can(user_of(request), Action.IMAGE_UPLOAD),
    }
    return render(request, "imaging/studies.html", context)


def patient_images(request: HttpRequest, patient: Patient) -> HttpResponse:
    page = page_of(request, queries.studies_of(patient))
    context = {
        "patient": patient,
        "page": page,
        "rows": [presenters.study_row(study) for study in page],
        "may_upload": can(user_of(request), Action.IMAGE_UPLOAD, patient),
    }
    return render(request, "imaging/patient.html", context)


def study(request: HttpRequest, study: Study) -> HttpResponse:
    """The reading page; ``?instance=`` or ``?series=`` chooses what is shown first."""
    rows = queries.series_of(study)
    shown = _chosen_instance(request, study, rows)
    context = {
        "study": study,
        "patient": study.patient,
        "series": rows,
        "shown": shown,
        "facts": presenters.instance_facts(shown) if shown else None,
        "panels": panels(shown, request) if shown else [],
        "modalities": presenters.modalities(rows),
        "may_upload": can(user_of(request), Action.IMAGE_UPLOAD, study.patient),
    }
    return render(request, "imaging/study.html", context)


def _chosen_instance(request: HttpRequest, study: Study, rows: list[Any]) -> Instance | None:
    instances = Instance.objects.filter(series__study=study)
    for key, lookup in (("instance", "pk"), ("series", "series")):
        wanted = _uuid(request.GET.get(key, ""))
        found = instances.filter(**{lookup: wanted}).first() if wanted is not None else None
        if found is not None:
            return found
    return rows[0].first if rows else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def series(request: HttpRequest, series: Series) -> HttpResponse:
    return redirect(f"{reverse('study', args=[series.study_id])}?series={series.pk}")


def series_frames(request: HttpRequest, series: Series) -> JsonResponse:
    """The pictures of a series in scroll order, for the viewer."""
    return JsonResponse(
        {"frames": [presenters.frame(item.instance, item.frame) for item in queries.stack_of(series)]}
    )


def instance(request: HttpRequest, instance: Instance) -> HttpResponse:
    return redirect(f"{reverse('study', args=[instance.series.study_id])}?instance={instance.pk}")


def instance_panels(request: HttpRequest, instance: Instance) -> HttpResponse:
    """What other departments have to say about one picture, as a fragment."""
    reading.account_for_read(request, instance)
    context = {"panels": panels(instance, request), "facts": presenters.instance_facts(instance)}
    return render(request, "imaging/_panels.html", context)


def panels(instance: Instance, request: HttpRequest) -> list[dict[str, Any]]:
    user = user_of(request)
    return [
        {"template": plug.template, "data": plug.context(instance, user)}
        for plug in plugs.subject_panels
        if plug.subject == "instance" and can(user, Action(plug.action), instance)
    ]
