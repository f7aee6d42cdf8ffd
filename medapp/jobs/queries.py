"""Reads of jobs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.jobs.models import ACTIVE, Job, Status


def jobs_visible_to(user: Any, status: str = "") -> QuerySet[Job]:
    """Return the user's jobs (everybody's for who manages them), the newest first."""
    jobs = visible_to(user, Action.JOB_READ, Job.objects.all())
    if status in Status.values:
        jobs = jobs.filter(status=status)
    elif status == "active":
        jobs = jobs.filter(status__in=ACTIVE)
    return jobs.order_by("-created_at")


def status_counts(jobs: QuerySet[Job]) -> dict[str, int]:
    """Return how many of ``jobs`` are in each state, states without any included."""
    counts = dict(jobs.order_by().values_list("status").annotate(count=Count("id")))
    return {status: counts.get(status, 0) for status in Status.values}


@dataclass(frozen=True)
class GroupProgress:
    """How far the jobs of a group are; ``ended`` counts parked and cancelled ones, too."""

    total: int
    ended: int
    done: int
    parked: int
    cancelled: int

    @property
    def is_over(self) -> bool:
        return self.ended == self.total


def group_progress(group: UUID) -> GroupProgress:
    counts = status_counts(Job.objects.filter(group=group))
    done, parked, cancelled = counts[Status.DONE], counts[Status.PARKED], counts[Status.CANCELLED]
    return GroupProgress(sum(counts.values()), done + parked + cancelled, done, parked, cancelled)


def oldest_wait_seconds() -> float:
    """Return for how long the first job that could run has been waiting, 0 where none is."""
    now = timezone.now()
    ready = Job.objects.filter(status=Status.WAITING, run_after__lte=now)
    oldest = ready.aggregate(oldest=Min("run_after"))["oldest"]
    return (now - oldest).total_seconds() if oldest else 0.0
