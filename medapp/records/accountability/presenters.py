"""Events as rows of a page: who, what, when and why, with repeated reads drawn together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from medapp import plugs
from medapp.accounts.actions import Action
from medapp.accounts.models import BreakGlass
from medapp.audit.chain import Break
from medapp.audit.models import Event
from medapp.audit.presenters import actor_name, describe
from medapp.records.accountability.words import BREAKS, basis_words, role_words
from medapp.records.models import Patient
from medapp.vault.errors import DamagedSecretError

PATIENT = Patient._meta.label_lower  # the patient has a column or a page of their own
REPEATED_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class Entry:
    """One event in the reader's language."""

    event: Event
    who: str
    role: str
    what: str
    subject: str
    outcome: str
    why: list[str]
    glass: BreakGlass | None
    patient: Patient | None

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """Everything else that the event holds, so that nothing is out of sight."""
        event = self.event
        facts = [(key, value) for key, value in event.detail.items() if key != "basis"]
        known = (
            (_("Object id"), event.object_id),
            (_("Address"), event.address),
            (_("Request id"), event.request_id),
        )
        return facts + [(key, value) for key, value in known if value]


@dataclass
class Group:
    """Reads of the same thing by the same person within half an hour; most groups hold one event."""

    latest: Entry
    entries: list[Entry] = field(default_factory=list)

    @property
    def earliest(self) -> Entry:
        return self.entries[-1]

    @property
    def count(self) -> int:
        return len(self.entries)


class Desk:
    """Presents the events of one page; reads the break-glass openings and patients they speak of once."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = list(events)
        patient_ids = {event.patient_id for event in self.events if event.patient_id}
        self._patients = Patient.objects.in_bulk(patient_ids)
        self._glasses = list(BreakGlass.objects.filter(patient__in=patient_ids).select_related("user"))

    def entries(self) -> list[Entry]:
        return [self._entry(event) for event in self.events]

    def groups(self) -> list[Group]:
        """Return the entries, newest first, with repeated reads in one group at the place of the latest."""
        groups: list[Group] = []
        open_groups: dict[tuple[str, ...], Group] = {}
        for entry in self.entries():
            key = _repetition(entry.event)
            group = open_groups.get(key) if key else None
            if group is None or group.latest.event.at - entry.event.at > REPEATED_WITHIN:
                group = Group(entry)
                groups.append(group)
                if key:
                    open_groups[key] = group
            group.entries.append(entry)
        return groups

    def _entry(self, event: Event) -> Entry:
        glass = self._glass_behind(event)
        return Entry(
            event=event,
            who=actor_name(event),
            role=role_words(event.actor_role),
            what=describe(event),
            subject="" if event.object_type == PATIENT else type_words(event.object_type),
            outcome=event.get_outcome_display(),
            why=_why(event, glass),
            glass=glass,
            patient=self._patients.get(event.patient_id) if event.patient_id else None,
        )

    def _glass_behind(self, event: Event) -> BreakGlass | None:
        """Return the opening on which a read rested."""
        if event.detail.get("basis") != "break-glass":
            return None
        for glass in self._glasses:
            is_theirs = (str(glass.user_id), glass.patient_id) == (event.actor_id, event.patient_id)
            if is_theirs and glass.opened_at <= event.at < glass.expires_at:
                return glass
        return None


def type_words(object_type: str) -> str:
    """Return what the type of an object is called: as announced, else the model's own name, else its code."""
    link = plugs.record_links.get(object_type)
    if link is not None:
        return str(link.label)
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def reason_of(holder: Event | BreakGlass | Any) -> str:
    """Return the reason in the person's words; a damaged one must not take the page with it."""
    try:
        return str(holder.reason)
    except DamagedSecretError:
        return _("The reason cannot be read.")


def break_words(broken: Break) -> str:
    return str(BREAKS[broken.kind]) % {"n": broken.sequence}


def _why(event: Event, glass: BreakGlass | None) -> list[str]:
    basis = event.detail.get("basis")
    why = [basis_words(str(basis))] if basis else []
    if glass is not None:
        why.append(reason_of(glass))
    if event.reason_token:
        why.append(reason_of(event))
    return why


def _repetition(event: Event) -> tuple[str, ...] | None:
    """Return what makes two reads the same; anything but a plain read stands alone."""
    is_read = event.outcome == Event.Outcome.ALLOWED and not event.reason_token
    if not is_read or event.action in (Action.BREAK_GLASS_OPEN, Action.BREAK_GLASS_REVIEW):
        return None
    basis = str(event.detail.get("basis", ""))
    return (event.actor_id, event.action, str(event.patient_id), event.object_type, event.object_id, basis)
