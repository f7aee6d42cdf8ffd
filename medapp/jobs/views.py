"""The list of jobs, its buttons, and the stream that keeps it current."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.jobs.changes import JobChanges
from medapp.jobs.models import Job, Status
from medapp.jobs.presenters import job_row
from medapp.jobs.queries import jobs_visible_to, status_counts
from medapp.jobs.services import cancel_job, retry_job
from medapp.jobs.stream import event_stream, last_event_id, stream_response

PAGE_SIZE = 50


def job_list(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("status", "")
    jobs = jobs_visible_to(request.user, chosen)
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    can_manage = can(request.user, Action.JOB_MANAGE)
    context = {
        "page": page,
        "rows": [job_row(job, can_manage) for job in page],
        "filters": _filters(request, chosen),
        "chosen": chosen,
    }
    return render(request, "jobs/list.html", context)


@require_POST
def cancel(request: HttpRequest, job: Job) -> HttpResponse:
    row = cancel_job(job=job, by=request.user)  # type: ignore[arg-type]
    if row.status == Status.CANCELLED:
        messages.success(request, _("Cancelled: %(label)s") % {"label": row.label})
    else:
        messages.info(request, _("Stopping at the next step: %(label)s") % {"label": row.label})
    return redirect("jobs")


@require_POST
def retry(request: HttpRequest, job: Job) -> HttpResponse:
    row = retry_job(job=job, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Waiting for another attempt: %(label)s") % {"label": row.label})
    return redirect("jobs")


async def events(request: HttpRequest) -> StreamingHttpResponse:
    user = await request.auser()
    changes = JobChanges(user, get_language() or "en")
    return stream_response(event_stream(changes, last_id=last_event_id(request)))


def _filters(request: HttpRequest, chosen: str) -> list[dict[str, object]]:
    counts = status_counts(jobs_visible_to(request.user))
    entries = [("", _("All"), sum(counts.values()))]
    entries += [(status.value, str(status.label), counts[status.value]) for status in Status]
    return [
        {"key": key, "label": label, "count": count, "url": f"?status={key}", "active": key == chosen}
        for key, label, count in entries
    ]
