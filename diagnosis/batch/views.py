"""Batch runs in the browser."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from diagnosis.batch.export import csv_lines
from diagnosis.batch.services import account_for_download, cancel_run, start_from_form
from diagnosis.models import BatchItem, BatchRun, Cohort
from diagnosis.scope import reason_words
from diagnosis.subjects import TASK_OF
from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.errors import MedappError
from medapp.jobs.models import Job, Status
from medapp.registry.queries import champions

PAGE = 50
REFUSALS_SHOWN = 100


def runs(request: HttpRequest) -> HttpResponse:
    """The runs one may see, and the form that starts one; POST starts it."""
    error = None
    if request.method == "POST":
        try:
            return redirect("batch-run", _start(request).pk)
        except MedappError as refusal:
            error = refusal
    rows = visible_to(
        request.user, Action.BATCH_READ, BatchRun.objects.select_related("model_version", "owner")
    )
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "models": champions().filter(task__in=TASK_OF.values()),
        "cohorts": Cohort.objects.all(),
        "error": error,
    }
    return render(request, "diagnosis/batch_list.html", context, status=error.http_status if error else 200)


def run(request: HttpRequest, row: BatchRun) -> HttpResponse:
    is_fragment = bool(request.headers.get("HX-Request"))
    template = "diagnosis/_batch_progress.html" if is_fragment else "diagnosis/batch_run.html"
    return render(request, template, _context(row))


def result(request: HttpRequest, row: BatchRun) -> StreamingHttpResponse:
    user: Any = request.user
    account_for_download(run=row, by=user, request=request)
    response = StreamingHttpResponse(csv_lines(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="scores-{str(row.pk)[:8]}.csv"'
    return response


@require_POST
def cancel(request: HttpRequest, row: BatchRun) -> HttpResponse:
    user: Any = request.user
    return redirect("batch-run", cancel_run(run=row, by=user, request=request).pk)


def _start(request: HttpRequest) -> BatchRun:
    user: Any = request.user
    return start_from_form(
        model_name=request.POST.get("model", "").replace("\x00", ""),
        cohort_name=request.POST.get("cohort", "").replace("\x00", ""),
        table=request.FILES.get("table"),
        ignore_scope="ignore_scope" in request.POST,
        by=user,
        request=request,
    )


def _context(row: BatchRun) -> dict[str, Any]:
    waiting = row.items.filter(status=BatchItem.Status.WAITING).count()
    refused = row.items.filter(status=BatchItem.Status.REFUSED)
    return {
        "run": row,
        "done": row.total - waiting,
        "scored": row.items.filter(status=BatchItem.Status.SCORED).count(),
        "refused": refused.count(),
        "refusals": [
            (one.row_number, one.name, reason_words(one.reason_code)) for one in refused[:REFUSALS_SHOWN]
        ],
        "failures": Job.objects.filter(group=row.pk, status=Status.PARKED),
        "is_running": row.status == BatchRun.Status.RUNNING,
    }
