"""The writes that people and departments ask for: to enqueue, cancel and retry work."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from medapp import plugs
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.jobs.bell import ring_on_commit
from medapp.jobs.errors import JobNotCancellableError, JobNotRetriableError, UnknownJobKindError
from medapp.jobs.models import ACTIVE, Job, Queue, Status
from medapp.plugs import JobKind

# Below 0 a job is background work: it yields to what somebody waits for, and its group is shown as one.
BACKGROUND = -10
# Withdrawn consent stops what a model would do; files and data go on being looked after.
MODEL_QUEUES = (Queue.CPU, Queue.GPU, Queue.CHAT)


@dataclass(frozen=True)
class JobSpec:
    """One of many jobs to be enqueued together."""

    payload: dict[str, Any]
    idempotency_key: str
    patient_id: UUID | None = None


@dataclass(frozen=True)
class Enqueued:
    """What ``enqueue_jobs`` found: every job in the order asked for, and how many of them are new."""

    jobs: list[Job] = field(default_factory=list)
    new: int = 0


def idempotency_key(kind: str, *parts: object) -> str:
    """Return a key that is the same for the same inputs, model and settings."""
    content = json.dumps([kind, *parts], sort_keys=True, default=str, separators=(",", ":"))
    return f"{kind}:{hashlib.sha256(content.encode()).hexdigest()}"


def enqueue_job(
    *,
    kind: str,
    payload: dict[str, Any],
    by: User | None,
    idempotency_key: str,
    patient_id: UUID | None = None,
    group: UUID | None = None,
    priority: int = 0,
    retry_parked: bool = False,
) -> Job:
    """Enqueue one job, or return the one that has the key already (see ``enqueue_jobs``)."""
    spec = JobSpec(payload, idempotency_key, patient_id)
    return enqueue_jobs(
        kind=kind, specs=[spec], by=by, group=group, priority=priority, retry_parked=retry_parked
    ).jobs[0]


@transaction.atomic
def enqueue_jobs(
    *,
    kind: str,
    specs: Sequence[JobSpec],
    by: User | None,
    group: UUID | None = None,
    priority: int = 0,
    retry_parked: bool = False,
) -> Enqueued:
    """Enqueue many jobs of one kind and ring for them after the commit.

    A key that is known gives its job as it stands, so that nothing is done twice; a cancelled one waits
    again, and so does a parked one where ``retry_parked``. Raises UnknownJobKindError.
    """
    plan = _kind(kind)
    rows = [
        Job(
            kind=kind,
            queue=plan.queue,
            payload=spec.payload,
            idempotency_key=spec.idempotency_key,
            patient_id=spec.patient_id,
            requested_by=by,
            group=group,
            priority=priority,
        )
        for spec in specs
    ]
    Job.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    found = _by_key([spec.idempotency_key for spec in specs])
    jobs = [found[spec.idempotency_key] for spec in specs]
    again = {Status.CANCELLED, *([Status.PARKED] if retry_parked else [])}
    _revive([job for job in jobs if job.status in again], by=by)
    waiting = sum(job.status == Status.WAITING for job in jobs)
    if waiting:
        ring_on_commit(plan, -(-waiting // plan.batch_size))
    made = {row.id for row in rows}
    return Enqueued(jobs, sum(job.id in made for job in found.values()))


@transaction.atomic
def cancel_job(*, job: Job, by: User | None, reason: str = "") -> Job:
    """Cancel waiting work at once and running work at its next beat. Raises JobNotCancellableError."""
    row = Job.objects.select_for_update().get(id=job.id)
    if row.status not in ACTIVE:
        raise JobNotCancellableError
    if row.cancel_requested_at is None:
        _request_cancel(row, by)
        detail = {"kind": row.kind, "was": job.status}
        record(action="job.cancel", by=by, patient_id=row.patient_id, obj=row, reason=reason, detail=detail)
    return row


@transaction.atomic
def retry_job(*, job: Job, by: User | None) -> Job:
    """Let parked or cancelled work wait again with all its attempts. Raises JobNotRetriableError."""
    row = Job.objects.select_for_update().get(id=job.id)
    if row.status not in (Status.PARKED, Status.CANCELLED):
        raise JobNotRetriableError
    plan = _kind(row.kind)
    _revive([row], by=by)
    record(action="job.retry", by=by, patient_id=row.patient_id, obj=row, detail={"kind": row.kind})
    ring_on_commit(plan)
    return row


def cancel_jobs_of_patient(*, patient_id: UUID, by: User | None, reason: str = "") -> int:
    """Cancel all model work about a patient, as when consent is withdrawn. Returns how many jobs it met."""
    jobs = Job.objects.filter(patient_id=patient_id, queue__in=MODEL_QUEUES)
    return _cancel_all(jobs, by=by, reason=reason)


def cancel_group(*, group: UUID, by: User | None, reason: str = "") -> int:
    """Cancel what is still waiting or running of a group."""
    return _cancel_all(Job.objects.filter(group=group), by=by, reason=reason)


@transaction.atomic
def _cancel_all(jobs: QuerySet[Job], *, by: User | None, reason: str) -> int:
    rows = list(jobs.filter(status__in=ACTIVE, cancel_requested_at__isnull=True).select_for_update())
    for row in rows:
        detail = {"kind": row.kind, "was": row.status}
        _request_cancel(row, by)
        record(action="job.cancel", by=by, patient_id=row.patient_id, obj=row, reason=reason, detail=detail)
    return len(rows)


def _request_cancel(row: Job, by: User | None) -> None:
    now = timezone.now()
    row.cancel_requested_at, row.cancel_requested_by, row.changed_at = now, by, now
    if row.status == Status.WAITING:
        row.status, row.finished_at = Status.CANCELLED, now
    row.save()


def _revive(jobs: Iterable[Job], by: User | None) -> None:
    for job in jobs:
        job.status, job.attempts, job.run_after = Status.WAITING, 0, timezone.now()
        job.finished_at = job.cancel_requested_at = job.cancel_requested_by = None
        job.failure_code, job.failure_words = "", {}
        job.progress_done, job.progress_total, job.progress_note = 0, 0, ""
        job.changed_at = timezone.now()
        job.requested_by = job.requested_by or by
        job.save()


def _kind(kind: str) -> JobKind:
    plan = plugs.job_kinds.get(kind)
    if plan is None:
        raise UnknownJobKindError(kind=kind)
    return plan


def _by_key(keys: list[str]) -> dict[str, Job]:
    found: dict[str, Job] = {}
    # SQLite bounds the variables of a statement.
    for start in range(0, len(keys), 500):
        rows = Job.objects.filter(idempotency_key__in=keys[start : start + 500])
        found.update({row.idempotency_key: row for row in rows})
    return found
