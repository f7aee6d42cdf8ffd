"""The one way to write an audit event."""

from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from medapp.audit.hashing import GENESIS, clean, event_hash, plain_detail, sign_head
from medapp.audit.models import REASON_PURPOSE, ChainHead, Event
from medapp.vault import cipher


@transaction.atomic
def record(
    *,
    action: str,
    by: Any,
    patient_id: UUID | str | None = None,
    obj: models.Model | tuple[str, str] | None = None,
    outcome: str = "done",
    reason: str = "",
    detail: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> Event:
    """Append one event to the chain, in the transaction of what it reports.

    ``by`` is the user, or None where nobody was signed in or the system acted by itself. ``obj`` is the row
    it happened to, or (type, id). ``reason`` is encrypted; ``detail`` holds ids, counts and codes in clear.
    The chain's head stays locked until the transaction ends: call it last, and keep the transaction short.
    """
    head = _locked_head()
    values = {
        "sequence": head.sequence + 1,
        "at": timezone.now(),
        **_actor(by),
        "action": clean(action),
        "outcome": str(outcome),
        "patient_id": None if patient_id is None else UUID(str(patient_id)),
        **_subject(obj),
        "reason_token": cipher.encrypt_text(str(reason), purpose=REASON_PURPOSE) if reason else "",
        "detail": plain_detail(detail or {}),
        **_origin(request),
    }
    event = Event(**values, previous_hash=head.hash, hash=event_hash(values, head.hash))
    event.save()
    seal = sign_head(event.sequence, event.hash)
    ChainHead.objects.filter(pk=head.pk).update(sequence=event.sequence, hash=event.hash, seal=seal)
    if request is not None:
        request.leaves_event = True  # type: ignore[attr-defined]
    return event


def was_recorded(request: HttpRequest) -> bool:
    """Tell whether anything has been recorded in the course of ``request``."""
    return getattr(request, "leaves_event", False)


def _locked_head() -> ChainHead:
    """Return the head under lock: a row lock on PostgreSQL, IMMEDIATE's write lock of the file on SQLite."""
    heads = ChainHead.objects.select_for_update()
    head = heads.filter(pk=ChainHead.ONLY_ID).first()
    if head is not None:
        return head
    ChainHead.objects.get_or_create(
        pk=ChainHead.ONLY_ID, defaults={"sequence": 0, "hash": GENESIS, "seal": sign_head(0, GENESIS)}
    )
    return heads.get(pk=ChainHead.ONLY_ID)


def _actor(user: Any) -> dict[str, str]:
    if user is None or user.pk is None:
        return {"actor_id": "", "actor_name": "", "actor_role": ""}
    name, role = clean(user)[:160], clean(getattr(user, "role", ""))[:32]
    return {"actor_id": clean(user.pk)[:64], "actor_name": name, "actor_role": role}


def _subject(obj: models.Model | tuple[str, str] | None) -> dict[str, str]:
    if obj is None:
        return {"object_type": "", "object_id": ""}
    if isinstance(obj, models.Model):
        return {"object_type": obj._meta.label_lower, "object_id": clean(obj.pk)[:64]}
    return {"object_type": clean(obj[0])[:64], "object_id": clean(obj[1])[:64]}


def _origin(request: Any) -> dict[str, str]:
    if request is None:
        return {"address": "", "request_id": ""}
    address = clean(request.META.get("REMOTE_ADDR", ""))[:64]
    return {"address": address, "request_id": clean(getattr(request, "request_id", ""))[:64]}
