"""A worker's hold on a job: the lease says until when, the fence says whether it still holds."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from medapp.jobs.errors import JobCancelled, LeaseLost
from medapp.jobs.models import Job, Status

# Writing a row for every beat or step of a fast loop would cost more than the work.
BEAT_SECONDS = 0.5
PROGRESS_SECONDS = 0.2

Ending = type[JobCancelled] | type[LeaseLost]


class Claim:
    """What a job kind's ``run`` holds while it works."""

    def __init__(self, job: Job, lease_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.job = job
        self.fence = job.fence
        self.lease_seconds = lease_seconds
        self._clock = clock
        self._beaten_at = self._told_at = clock()
        self._ended: Ending | None = None

    def beat(self) -> None:
        """Renew the lease, at most every half second. Raises JobCancelled or LeaseLost."""
        if self._ended is None and self._clock() - self._beaten_at >= BEAT_SECONDS:
            self._beaten_at = self._clock()
            renew([self])
        if self._ended is not None:
            raise self._ended(self.job.id)

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Tell how far the work is. ``note`` is a code, not a sentence. Raises as ``beat`` does."""
        is_last = done >= total
        if is_last or self._clock() - self._told_at >= PROGRESS_SECONDS:
            self._told_at = self._clock()
            fields = {"progress_done": done, "progress_total": total, "progress_note": note}
            if not held(self).update(**fields, changed_at=timezone.now()):
                self.end(LeaseLost)
        self.beat()

    @contextmanager
    def fenced(self) -> Iterator[Job]:
        """A transaction that begins by checking the fence, for writes while the work goes on (streaming)."""
        with transaction.atomic():
            yield self.locked()

    def locked(self) -> Job:
        """Return the row, locked until the transaction ends. Raises LeaseLost or JobCancelled."""
        job = held(self).select_for_update().first()
        if job is None:
            raise LeaseLost(self.job.id)
        if job.cancel_requested_at is not None:
            raise JobCancelled(self.job.id)
        return job

    def end(self, how: Ending) -> None:
        """Let the next ``beat`` raise ``how``."""
        self._ended = how


def held(claim: Claim) -> QuerySet[Job]:
    """Return the claim's row if the claim still holds it, else nothing."""
    return Job.objects.filter(id=claim.job.id, status=Status.RUNNING, fence=claim.fence)


def renew(claims: Iterable[Claim]) -> None:
    """Renew the leases of ``claims`` and mark those that were taken over or cancelled."""
    by_id = {claim.job.id: claim for claim in claims}
    rows = Job.objects.filter(id__in=by_id).values_list("id", "status", "fence", "cancel_requested_at")
    kept = []
    for job_id, status, fence, cancel_requested_at in rows:
        claim = by_id.pop(job_id)
        if status != Status.RUNNING or fence != claim.fence:
            claim.end(LeaseLost)
        elif cancel_requested_at is not None:
            claim.end(JobCancelled)
        else:
            kept.append(claim)
    for claim in by_id.values():
        claim.end(LeaseLost)
    for claim in kept:
        until = timezone.now() + timedelta(seconds=claim.lease_seconds)
        held(claim).update(leased_until=until)
