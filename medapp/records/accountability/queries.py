"""What the accountability pages read beside the trail itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.accounts.models import BreakGlass, User
from medapp.audit.models import ChainHead, Event
from medapp.audit.queries import Filter, events_for_patient
from medapp.records.accountability.words import role_words

REVIEWED_SHOWN = 10


@dataclass(frozen=True)
class Visitor:
    """A person who had to do with one record, summed up."""

    actor_id: str
    name: str
    role: str
    events: int
    reads: int
    refusals: int
    first_at: datetime
    last_at: datetime

    @property
    def role_words(self) -> str:
        return role_words(self.role)


def visitors_of(events: QuerySet[Event]) -> list[Visitor]:
    """Return who stands behind ``events``, the last one first."""
    rows = events.order_by().values("actor_id", "actor_name", "actor_role")
    summed = rows.annotate(
        events=Count("id"),
        reads=Count("id", filter=Q(outcome=Event.Outcome.ALLOWED)),
        refusals=Count("id", filter=Q(outcome=Event.Outcome.REFUSED)),
        first_at=Min("at"),
        last_at=Max("at"),
    ).order_by("-last_at")
    return [_visitor(dict(row)) for row in summed]


def openings_to_review(user: User) -> QuerySet[BreakGlass]:
    """Return the break-glass openings that nobody has reviewed, the oldest first."""
    return _openings(user).filter(reviewed_at__isnull=True).order_by("opened_at")


def openings_reviewed(user: User) -> QuerySet[BreakGlass]:
    return _openings(user).filter(reviewed_at__isnull=False).order_by("-reviewed_at")[:REVIEWED_SHOWN]


def events_under(glass: BreakGlass) -> QuerySet[Event]:
    """Return what the person did with the patient's record while the opening lasted."""
    kept = Filter(actor_id=str(glass.user_id), since=glass.opened_at, until=glass.expires_at)
    return events_for_patient(glass.patient_id, kept)


def chain_head() -> ChainHead | None:
    return ChainHead.objects.first()


def _openings(user: User) -> QuerySet[BreakGlass]:
    openings = BreakGlass.objects.select_related("user", "patient", "reviewed_by")
    return visible_to(user, Action.BREAK_GLASS_REVIEW, openings)


def _visitor(row: dict[str, Any]) -> Visitor:
    named = {"name": row.pop("actor_name"), "role": row.pop("actor_role")}
    return Visitor(**row, **named)
