"""The moves of a job from state to state. Each is one statement or one transaction, whoever else is at it."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from medapp.audit.services import record
from medapp.errors import MedappError
from medapp.jobs.claims import Claim, held
from medapp.jobs.errors import UnexpectedFailureError, WorkerLostError
from medapp.jobs.failures import words_of
from medapp.jobs.models import Job, Status
from medapp.plugs import JobKind

Save = Callable[[], dict[str, Any] | None]

# After these a job runs alone: it may be what brought the whole batch down.
SUSPECT = (UnexpectedFailureError.code, WorkerLostError.code)
NO_LEASE: dict[str, Any] = {"leased_until": None, "leased_by": ""}


def claimable(kind: JobKind) -> QuerySet[Job]:
    """Return what may be claimed now, most urgent first."""
    ready = Job.objects.filter(kind=kind.kind, status=Status.WAITING, run_after__lte=timezone.now())
    return ready.order_by("-priority", "created_at")


def claim_jobs(kind: JobKind, worker_name: str, limit: int) -> list[Claim]:
    """Take up to ``limit`` waiting jobs: lease them, raise their fence."""
    # Looked at without a lock first, so that an idle worker never blocks a writer of SQLite's one database.
    if not claimable(kind).exists():
        return []
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        jobs = _one_batch(list(claimable(kind).select_for_update(skip_locked=skip)[:limit]))
        now = timezone.now()
        for job in jobs:
            job.status, job.fence = Status.RUNNING, job.fence + 1
            job.leased_by, job.leased_until = worker_name, now + timedelta(seconds=kind.lease_seconds)
            job.started_at = job.changed_at = now
        Job.objects.bulk_update(
            jobs, ["status", "fence", "leased_by", "leased_until", "started_at", "changed_at"]
        )
    return [Claim(job, kind.lease_seconds) for job in jobs]


def _one_batch(jobs: list[Job]) -> list[Job]:
    if jobs and jobs[0].failure_code in SUSPECT:
        return jobs[:1]
    return [job for job in jobs if job.failure_code not in SUSPECT]


def finish(claim: Claim, save: Save) -> None:
    """Write the result and mark the job done, in one transaction that checks the fence.

    Raises LeaseLost or JobCancelled with nothing written, and whatever ``save`` raises, likewise.
    """
    with transaction.atomic():
        job = claim.locked()
        result = save()
        now = timezone.now()
        ended = {"status": Status.DONE, "finished_at": now, "changed_at": now, **NO_LEASE}
        cleared: dict[str, Any] = {"failure_code": "", "failure_words": {}, "progress_note": ""}
        Job.objects.filter(id=job.id).update(
            **ended, **cleared, result=result, progress_done=job.progress_total
        )


def fail(claim: Claim, error: MedappError, kind: JobKind) -> None:
    """Count a failed attempt: the job waits for the next one, or is parked with the reason."""
    with transaction.atomic():
        job = held(claim).select_for_update().first()
        if job is not None:
            _failed(job, error, kind.retry_seconds)


def cancel(claim: Claim) -> None:
    """Settle a running job whose cancellation was asked for."""
    with transaction.atomic():
        job = held(claim).select_for_update().first()
        if job is not None:
            _end(job, Status.CANCELLED)


def release(claims: Iterable[Claim]) -> None:
    """Put claims back as they were: the worker was told to stop, which is nobody's failure."""
    for claim in claims:
        with transaction.atomic():
            job = held(claim).select_for_update().first()
            if job is not None:
                _back(job, timezone.now())


def reclaim(
    jobs: QuerySet[Job],
    loss: Callable[[Job], MedappError],
    retry_seconds: Callable[[Job], tuple[int, ...]],
) -> int:
    """Count a lost attempt for each of the running ``jobs`` that still matches; return how many."""
    count = 0
    for job_id in list(jobs.values_list("id", flat=True)):
        with transaction.atomic():
            job = jobs.filter(id=job_id, status=Status.RUNNING).select_for_update().first()
            if job is not None:
                _failed(job, loss(job), retry_seconds(job))
                count += 1
    return count


def _failed(job: Job, error: MedappError, retry_seconds: tuple[int, ...]) -> None:
    if job.cancel_requested_at is not None:
        _end(job, Status.CANCELLED)
        return
    job.attempts += 1
    job.failure_code, job.failure_words = error.code, words_of(error)
    if error.retriable and job.attempts < job.max_attempts:
        pause = retry_seconds[min(job.attempts, len(retry_seconds)) - 1] if retry_seconds else 0
        _back(job, timezone.now() + timedelta(seconds=pause))
        return
    _end(job, Status.PARKED)
    detail = {"kind": job.kind, "code": error.code, "attempts": job.attempts}
    record(action="job.park", by=None, patient_id=job.patient_id, obj=job, outcome="failed", detail=detail)


def _back(job: Job, run_after: Any) -> None:
    """To waiting; a job whose cancellation was asked for ends instead."""
    if job.cancel_requested_at is not None:
        _end(job, Status.CANCELLED)
        return
    job.status, job.run_after = Status.WAITING, run_after
    job.progress_done, job.progress_total, job.progress_note = 0, 0, ""
    _store(job)


def _end(job: Job, status: Status) -> None:
    job.status, job.finished_at = status, timezone.now()
    _store(job)


def _store(job: Job) -> None:
    job.leased_until, job.leased_by = None, ""
    job.changed_at = timezone.now()
    job.save()
