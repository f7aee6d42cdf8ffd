"""Looking at the trail is itself accounted for."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit import chain
from medapp.audit.chain import ChainReport
from medapp.audit.queries import Filter
from medapp.audit.services import record
from medapp.records.models import Patient


@transaction.atomic
def record_log_read(*, by: User, kept: Filter, page: int, request: HttpRequest | None = None) -> None:
    """Note that ``by`` read a page of the whole trail."""
    record(
        action=Action.AUDIT_READ, by=by, outcome="allowed", detail=_codes(kept, page=page), request=request
    )


@transaction.atomic
def record_export(
    *, by: User, kept: Filter, rows: int, patient: Patient | None = None, request: HttpRequest | None = None
) -> None:
    """Note that ``by`` took the trail, or one patient's part of it, away as a file."""
    patient_id = patient.pk if patient is not None else None
    detail = _codes(kept, exported=rows)
    record(
        action=Action.AUDIT_READ, by=by, patient_id=patient_id, obj=patient, detail=detail, request=request
    )


def verify_chain(*, by: User, request: HttpRequest | None = None) -> ChainReport:
    """Verify the whole chain and note that it was done, and how it ended."""
    report = chain.examine()
    detail: dict[str, Any] = {"verified": report.count}
    if report.broken is not None:
        detail |= {"broken": report.broken.kind, "at": report.broken.sequence}
    with transaction.atomic():
        outcome = "failed" if report.broken else "done"
        record(action=Action.AUDIT_READ, by=by, outcome=outcome, detail=detail, request=request)
    return report


def _codes(kept: Filter, **more: Any) -> dict[str, Any]:
    """Return the filter as codes. What was typed as a name stays out of the details."""
    codes = {"action": kept.action, "outcome": kept.outcome, "since": kept.since, "until": kept.until}
    return {key: value for key, value in codes.items() if value} | more
