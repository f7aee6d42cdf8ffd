"""What changed among a user's jobs since a moment, for the event stream."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from medapp.jobs.models import ACTIVE, Job
from medapp.jobs.presenters import group_data, job_data
from medapp.jobs.stream import StreamEvent

# A transaction may commit later than a younger one, so the last moments are read again and again.
OVERLAP = timedelta(seconds=2)
# A job may end between the drawing of a page and the start of its stream.
LOOK_BACK = timedelta(seconds=10)


class JobChanges:
    """Called with the last event's id, returns the events after it. One object serves one stream.

    Background jobs (a batch of thousands) are told as one: their group, with its counts.
    """

    def __init__(self, user: Any, language: str) -> None:
        self._user = user
        self._language = language
        self._sent: dict[UUID, Any] = {}

    def __call__(self, last_id: str) -> list[StreamEvent]:
        since = _moment(last_id)
        changed = self._changed(since)
        with translation.override(self._language):
            events = self._jobs(changed.filter(priority__gte=0)) + self._groups(
                changed.filter(priority__lt=0)
            )
        if since is None and not events:
            return [StreamEvent(timezone.now().isoformat(), None, "start")]  # a moment to count from
        return sorted(events, key=lambda event: event.id)

    def _changed(self, since: datetime | None) -> QuerySet[Job]:
        mine = Job.objects.filter(requested_by=self._user)
        if since is None:
            recent = Q(changed_at__gt=timezone.now() - LOOK_BACK)
            return mine.filter(recent | Q(status__in=ACTIVE))
        return mine.filter(changed_at__gt=since - OVERLAP)

    def _jobs(self, jobs: QuerySet[Job]) -> list[StreamEvent]:
        return [
            StreamEvent(_cursor(job.changed_at), job_data(job), "job")
            for job in jobs.order_by("changed_at")
            if self._is_news(job.id, job.changed_at)
        ]

    def _groups(self, jobs: QuerySet[Job]) -> list[StreamEvent]:
        groups = jobs.order_by().exclude(group=None).values_list("group", flat=True).distinct()
        told = [group_data(group) for group in groups if group is not None]
        now = _cursor(timezone.now() - OVERLAP)
        return [
            StreamEvent(now, data, "job")
            for data in told
            if self._is_news(UUID(data["id"]), (data["status"], data["done"], data["total"]))
        ]

    def _is_news(self, key: UUID, state: Any) -> bool:
        is_news = self._sent.get(key) != state
        self._sent[key] = state
        return is_news


def _cursor(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # The first day of the calendar has no moment before it, and no job.
    return moment if timezone.is_aware(moment) and moment.year > 1 else None
