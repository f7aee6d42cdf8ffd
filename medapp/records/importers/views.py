"""The import pages of the admin panel: choose a file, look at the plan, apply or discard, download what was refused."""

from typing import Any, NoReturn

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from medapp.accounts.access import fetch
from medapp.accounts.actions import Action
from medapp.audit.services import record
from medapp.errors import MedappError, NotFoundError
from medapp.records.importers import presenters, services
from medapp.records.importers.errors import REFUSALS
from medapp.records.importers.forms import StartForm
from medapp.records.importers.rejected import rejected_csv
from medapp.records.models import ImportRun
from medapp.records.views.common import user_of

CHANGE = "admin:records_importrun_change"


def run_of(request: HttpRequest, pk: str) -> ImportRun:
    """Return the run if the user may import; admin URLs carry only the action of the panel itself."""
    return fetch(user_of(request), Action.DATA_IMPORT, ImportRun.objects.all(), request=request, pk=pk)


def refuse(request: HttpRequest) -> NoReturn:
    """Audit and refuse a visitor of the panel whose role imports nothing."""
    record(action=Action.DATA_IMPORT, by=user_of(request), outcome="refused", request=request)
    raise NotFoundError


def start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return redirect(CHANGE, _started(request, form).pk)
            except MedappError as error:
                status = error.http_status
                form.add_error("file", f"{error} {error.advice}")
    tables = [(label, presenters.column_table(kind), kind) for kind, label in ImportRun.Kind.choices]
    context = {"form": form, "tables": tables, "title": _("Import a file")}
    return _page(request, "admin/records/import_start.html", context, status)


def _started(request: HttpRequest, form: StartForm) -> ImportRun:
    upload = form.cleaned_data["file"]
    return services.start_import(
        kind=form.cleaned_data["kind"],
        stream=upload.file,
        file_name=upload.name,
        by=user_of(request),
        request=request,
    )


def show(request: HttpRequest, pk: str) -> HttpResponse:
    """The plan of a waiting run, the outcome of an applied one."""
    run = run_of(request, pk)
    is_waiting = run.status == ImportRun.Status.PREVIEW
    problems = services.problems_of(run)
    refusal = REFUSALS.get(run.status_reason)
    context = {
        "run": run,
        "is_waiting": is_waiting,
        "refusal": refusal() if refusal else None,
        "columns": presenters.column_table(run.kind) if refusal else None,
        "counts": presenters.counts(run),
        "problems": presenters.problem_table(problems) if problems else None,
        "hidden_problems": max(0, len(problems) - presenters.SHOWN_PROBLEMS),
        "preview": presenters.preview_table(services.plan_of(run)) if is_waiting else None,
        "title": _("Import of %(kind)s") % {"kind": run.get_kind_display()},
    }
    return _page(request, "admin/records/import_run.html", context)


def apply(request: HttpRequest, pk: str) -> HttpResponse:
    run = run_of(request, pk)
    if request.method == "POST":
        done = services.apply_import(run=run, by=user_of(request), request=request)
        words = _("%(created)d rows imported, %(duplicates)d were there already, %(rejected)d refused.")
        messages.success(
            request,
            words
            % {
                "created": done.created_count,
                "duplicates": done.duplicate_count,
                "rejected": done.rejected_count,
            },
        )
    return redirect(CHANGE, run.pk)


def discard(request: HttpRequest, pk: str) -> HttpResponse:
    run = run_of(request, pk)
    if request.method == "POST":
        services.discard_import(run=run, by=user_of(request), request=request)
        messages.success(request, _("Nothing of the file was imported. The original is kept."))
    return redirect(CHANGE, run.pk)


def rejected(request: HttpRequest, pk: str) -> HttpResponse:
    """The refused rows as a CSV file, with row number and reason."""
    run = run_of(request, pk)
    record(action="import.download", by=user_of(request), obj=run, detail={"kind": run.kind}, request=request)
    body = rejected_csv(services.plan_of(run), services.problems_of(run), _("row"), _("reason"))
    return _csv(body, f"refused-{run.kind}-{run.created_at:%Y%m%d-%H%M}.csv")


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the right header."""
    known = services.IMPORTERS.get(kind)
    names = [column.name for column in known.columns] if known else []
    return _csv((",".join(names) + "\r\n").encode("utf-8-sig"), f"{kind}.csv")


def _csv(body: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(
    request: HttpRequest, template_name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    page = {**admin.site.each_context(request), "opts": ImportRun._meta, **context}
    return render(request, template_name, page, status=status)
