"""Reading the trail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from medapp.audit.models import Event


@dataclass(frozen=True)
class Filter:
    """What to keep; an empty field keeps everything. ``action`` may name a group, such as ``image.``."""

    actor_id: str = ""
    actor: str = ""
    action: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def applied_to(self, events: QuerySet[Event]) -> QuerySet[Event]:
        if self.actor_id:
            events = events.filter(actor_id=self.actor_id)
        if self.actor:
            events = events.filter(actor_name__icontains=self.actor)
        if self.action:
            events = events.filter(
                **{"action__startswith" if self.action.endswith(".") else "action": self.action}
            )
        if self.outcome:
            events = events.filter(outcome=self.outcome)
        return self._in_time(events)

    def _in_time(self, events: QuerySet[Event]) -> QuerySet[Event]:
        if self.since:
            events = events.filter(at__gte=self.since)
        return events.filter(at__lt=self.until) if self.until else events


def events_for_patient(patient_id: UUID | str, kept: Filter | None = None) -> QuerySet[Event]:
    """Return everything that concerned one patient, newest first."""
    events = Event.objects.filter(patient_id=patient_id).order_by("-sequence")
    return (kept or Filter()).applied_to(events)


def all_events(kept: Filter | None = None) -> QuerySet[Event]:
    """Return the whole trail, newest first."""
    return (kept or Filter()).applied_to(Event.objects.order_by("-sequence"))


def actions_seen(events: QuerySet[Event]) -> list[str]:
    return list(events.order_by("action").values_list("action", flat=True).distinct())
