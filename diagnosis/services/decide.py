"""Accept, edit or reject a suggestion, and write to the record what was decided."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from diagnosis.coding import condition_for
from diagnosis.errors import AbstentionError, AlreadyDecidedError, ReasonMissingError, UnknownLabelError
from diagnosis.models import Decision, DiagnosticReport, Suggestion
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.models import Condition
from medapp.records.services import add_condition, withdraw_condition

STATUS_AFTER = {
    Decision.Verdict.ACCEPT: Suggestion.Status.ACCEPTED,
    Decision.Verdict.EDIT: Suggestion.Status.EDITED,
    Decision.Verdict.REJECT: Suggestion.Status.REJECTED,
}


@dataclass(frozen=True)
class Choice:
    """What the clinician chose. ``label_code`` counts for an edit only."""

    verdict: str
    label_code: str = ""
    reason_code: str = ""
    reason_text: str = ""


@transaction.atomic
def decide_suggestion(
    *, suggestion: Suggestion, by: User, choice: Choice, seen_decision: str = "", request: Any = None
) -> Decision:
    """Record the decision and what follows from it; a changed mind supersedes the earlier decision.

    ``seen_decision`` is the id of the standing decision that the page showed, "" for none. Raises
    AlreadyDecidedError where somebody decided in between, ReasonMissingError, UnknownLabelError, AbstentionError.
    """
    locked = _locked(suggestion)
    standing = locked.decisions.filter(superseded_at__isnull=True).select_related("decided_by").first()
    if (str(standing.pk) if standing else "") != seen_decision:
        raise AlreadyDecidedError(name=str(standing.decided_by) if standing else "")
    label_code = _checked_label(locked, choice)
    if standing is not None:
        _supersede(standing, by, request)
    decision = Decision.objects.create(
        suggestion=locked,
        verdict=choice.verdict,
        label_code=label_code,
        reason_code=choice.reason_code,
        reason_text=choice.reason_text.strip(),
        decided_by=by,
    )
    locked.status = STATUS_AFTER[Decision.Verdict(choice.verdict)]
    locked.save(update_fields=["status"])
    if label_code:
        _write_to_record(decision, by, request)
    _audit(decision, by, request)
    return decision


def _locked(suggestion: Suggestion) -> Suggestion:
    Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    return Suggestion.objects.select_related("prediction__model_version", "patient").get(pk=suggestion.pk)


def _checked_label(suggestion: Suggestion, choice: Choice) -> str:
    if suggestion.status == Suggestion.Status.ABSTAINED:
        raise AbstentionError
    if choice.verdict not in Decision.Verdict.values:
        raise UnknownLabelError
    if choice.verdict == Decision.Verdict.ACCEPT:
        return str(suggestion.prediction.output["label"])
    if not _is_reason(choice):
        raise ReasonMissingError
    if choice.verdict == Decision.Verdict.REJECT:
        return ""
    if choice.label_code not in {
        label["code"] for label in suggestion.prediction.model_version.card["labels"]
    }:
        raise UnknownLabelError
    return choice.label_code


def _is_reason(choice: Choice) -> bool:
    needs_words = choice.reason_code == Decision.Reason.OTHER
    return choice.reason_code in Decision.Reason.values and bool(
        choice.reason_text.strip() or not needs_words
    )


def _supersede(decision: Decision, by: User, request: Any) -> None:
    """Take back what an earlier decision wrote; it stays readable as superseded."""
    decision.superseded_at = timezone.now()
    decision.save(update_fields=["superseded_at"])
    report = DiagnosticReport.objects.filter(decision=decision).first()
    if report is None:
        return
    report.status = DiagnosticReport.Status.WITHDRAWN
    report.save(update_fields=["status"])
    if report.condition_id is not None:
        condition = Condition.objects.get(pk=report.condition_id)
        withdraw_condition(condition=condition, by=by, reason=f"decision {decision.pk}", request=request)


def _write_to_record(decision: Decision, by: User, request: Any) -> DiagnosticReport:
    suggestion = decision.suggestion
    version = suggestion.prediction.model_version
    names = next(label["name"] for label in version.card["labels"] if label["code"] == decision.label_code)
    return DiagnosticReport.objects.create(
        patient=suggestion.patient,
        decision=decision,
        category=suggestion.kind,
        conclusion_code=decision.label_code,
        conclusion_zh=names["zh"],
        conclusion_en=names["en"],
        condition_id=_add_condition(decision, by, request),
        issued_by=by,
    )


def _add_condition(decision: Decision, by: User, request: Any) -> Any:
    """Add the problem that the label stands for, if it is a diagnosis, and return its id."""
    suggestion = decision.suggestion
    coded = condition_for(suggestion.prediction.model_version.name, decision.label_code)
    if coded is None:
        return None
    condition = add_condition(
        patient=suggestion.patient,
        code=coded.code,
        display=coded.display_zh,
        display_en=coded.display_en,
        suggestion_id=suggestion.pk,
        by=by,
        request=request,
    )
    return condition.pk


def _audit(decision: Decision, by: User, request: Any) -> None:
    detail = {
        "verdict": decision.verdict,
        "label": decision.label_code,
        "reason": decision.reason_code,
        "suggestion": str(decision.suggestion_id),
    }
    record(
        action=Action.SUGGESTION_DECIDE,
        by=by,
        patient_id=decision.suggestion.patient_id,
        obj=decision,
        reason=decision.reason_text,
        detail=detail,
        request=request,
    )
