"""Jobs as pages and event streams show them."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from medapp import plugs
from medapp.jobs.models import ACTIVE, Job, Status
from medapp.jobs.queries import group_progress


def job_data(job: Job) -> dict[str, Any]:
    """Return what the event stream says about a job."""
    return {
        "id": str(job.id),
        "kind": job.kind,
        "label": job.label,
        "status": job.status,
        "done": job.progress_done,
        "total": job.progress_total,
        "note": job.progress_note,
        "failure": failure_of(job),
        "url": result_url(job),
    }


def group_data(group: UUID) -> dict[str, Any]:
    """Return the same about a group of background jobs as if it were one job."""
    progress = group_progress(group)
    first = Job.objects.filter(group=group).order_by("created_at").first()
    return {
        "id": str(group),
        "kind": first.kind if first else "",
        "label": first.label if first else "",
        "status": Status.DONE if progress.is_over else Status.RUNNING,
        "done": progress.ended,
        "total": progress.total,
        "note": "",
        "failure": "",
        "url": result_url(first) if first else "",
    }


def job_row(job: Job, can_manage: bool = True) -> dict[str, Any]:
    """Return a row of the list of jobs, with the moves that its state allows."""
    moves = _moves(job) if can_manage else {}
    return {**job_data(job), "created_at": job.created_at, "attempts": job.attempts, **moves}


def failure_of(job: Job) -> str:
    """Say why a job needs attention, or waits for another attempt, and what can be done."""
    if job.status == Status.PARKED and job.failure_advice:
        return f"{_sentence(job.failure_reason)} {job.failure_advice}"
    return job.failure_reason if job.status in (Status.PARKED, Status.WAITING) else ""


def _sentence(words: str) -> str:
    """A reason that ends in somebody's words still needs its stop before the advice."""
    if words.endswith((".", "!", "?", "。", "！", "？")):
        return words
    return words + ("。" if (get_language() or "").startswith("zh") else ".")


def result_url(job: Job) -> str:
    plan = plugs.job_kinds.get(job.kind)
    if plan is None or plan.url is None:
        return ""
    try:
        return plan.url(job)
    except (LookupError, ObjectDoesNotExist, NoReverseMatch):
        return ""  # what an older job points at may be gone; the list of jobs stands all the same


def _moves(job: Job) -> dict[str, str]:
    if job.status in ACTIVE and not job.is_cancelling:
        return {"cancel_url": reverse("job_cancel", args=[job.id])}
    if job.status in (Status.PARKED, Status.CANCELLED):
        return {"retry_url": reverse("job_retry", args=[job.id])}
    return {}
