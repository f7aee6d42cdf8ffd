"""Running jobs: the loop of a worker, and the hands that a shell command lends where no worker is up."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db.models import Min, QuerySet
from django.utils import timezone

from medapp import plugs
from medapp.errors import MedappError
from medapp.jobs import workers
from medapp.jobs.batch import Batch
from medapp.jobs.claims import Claim
from medapp.jobs.errors import JobTimeoutError, UnknownJobKindError, WorkerLostError
from medapp.jobs.models import ACTIVE, Job, Status
from medapp.jobs.states import claim_jobs, claimable, reclaim
from medapp.plugs import JobKind

POLL_SECONDS = 0.2
SWEEP_SECONDS = 5.0

OnProgress = Callable[[int, int], None]


def _never() -> bool:
    return False


def _ignore(_claim: Claim) -> None:
    return None


def run_kind(
    kind: str,
    worker_name: str,
    limit: int | None = None,
    *,
    seconds: float | None = None,
    should_stop: Callable[[], bool] = _never,
    on_settled: Callable[[Claim], None] = _ignore,
    on_hang: Callable[[], None] | None = None,
) -> int:
    """Run waiting jobs of ``kind`` until none is left; return how many were claimed.

    Ends early after ``limit`` jobs, after ``seconds`` (asked between batches), or when ``should_stop``.
    """
    plan = _kind(kind)
    begun, count = time.monotonic(), 0
    while limit is None or count < limit:
        wanted = plan.batch_size if limit is None else min(plan.batch_size, limit - count)
        claims = claim_jobs(plan, worker_name, wanted)
        if not claims:
            break
        count += len(claims)
        Batch(plan, claims, on_settled).run(on_hang)
        if should_stop() or (seconds is not None and time.monotonic() - begun >= seconds):
            break
    return count


def has_waiting(kind: str) -> bool:
    """Tell whether a job of ``kind`` could be claimed now."""
    return claimable(_kind(kind)).exists()


def reclaim_orphans() -> int:
    """Give back the jobs of workers that are gone or silent; return how many."""
    return reclaim(workers.orphaned_jobs(), _loss, _pauses)


def kill_this_process() -> None:
    """End a process that hangs inside a library; whoever supervises it starts another."""
    os.kill(os.getpid(), signal.SIGKILL)


class Hands:
    """Sees a shell command's jobs through: waits for live workers, or does the work here."""

    def __init__(self, kinds: Iterable[str], worker_name: str) -> None:
        self._kinds = [_kind(kind) for kind in kinds]
        self._name = worker_name
        self._swept_at = 0.0

    @property
    def has_helpers(self) -> bool:
        """Whether live workers serve every queue of the kinds."""
        return {plan.queue for plan in self._kinds} <= workers.served_queues()

    def finish(self, jobs: QuerySet[Job], on_progress: OnProgress | None = None) -> None:
        """Return once none of ``jobs`` is waiting or running; ``on_progress(ended, total)`` on the way.

        An interruption (KeyboardInterrupt) passes through; what is open stays for the next run.
        """
        total = jobs.count()
        told = -1
        while True:
            ended = total - jobs.filter(status__in=ACTIVE).count()
            if on_progress is not None and ended != told:
                on_progress(ended, total)
                told = ended
            if ended >= total:
                return
            self._step(jobs)

    def _step(self, jobs: QuerySet[Job]) -> None:
        self._sweep()
        if self.has_helpers:
            time.sleep(POLL_SECONDS)
            return
        if not sum(run_kind(plan.kind, self._name, seconds=POLL_SECONDS) for plan in self._kinds):
            time.sleep(_pause_until_ready(jobs))

    def _sweep(self) -> None:
        if time.monotonic() - self._swept_at >= SWEEP_SECONDS:
            reclaim_orphans()
            self._swept_at = time.monotonic()


@contextmanager
def ensure_worker(kinds: Iterable[str]) -> Iterator[Hands]:
    """Give a shell command what finishes its jobs, whether or not the application runs.

    Usage: ``with ensure_worker(["diagnosis.score"]) as hands: hands.finish(jobs, on_progress)``.
    """
    yield Hands(kinds, workers.worker_name("command"))


def _pause_until_ready(jobs: QuerySet[Job]) -> float:
    first = jobs.filter(status=Status.WAITING).aggregate(first=Min("run_after"))["first"]
    if first is None:
        return POLL_SECONDS
    return min(max((first - timezone.now()).total_seconds(), 0.01), POLL_SECONDS)


def _loss(job: Job) -> MedappError:
    """Say how a worker lost the job: it was given up past its limit, or the process is gone."""
    plan = plugs.job_kinds.get(job.kind)
    if plan is not None and job.started_at is not None:
        seconds = (timezone.now() - job.started_at).total_seconds()
        if seconds >= plan.time_limit_seconds:
            return JobTimeoutError(seconds=plan.time_limit_seconds)
    return WorkerLostError()


def _pauses(job: Job) -> tuple[int, ...]:
    plan = plugs.job_kinds.get(job.kind)
    return plan.retry_seconds if plan else ()


def _kind(kind: str) -> JobKind:
    plan = plugs.job_kinds.get(kind)
    if plan is None:
        raise UnknownJobKindError(kind=kind)
    return plan
