"""Suggestions as the page shows them (the shapes are described in templates/components)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from diagnosis.models import Decision, DiagnosticReport, Prediction, Subject, Suggestion
from diagnosis.scope import scope_words
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.errors import Words
from medapp.records.models import Note
from medapp.registry.models import ModelVersion
from medapp.registry.presenters import facts
from ml.outputs import UNCERTAIN

TITLES: dict[str, Words] = {
    Suggestion.Kind.FINDING: gettext_lazy("Chest radiograph finding"),
    Suggestion.Kind.DEPARTMENT: gettext_lazy("Department for this note"),
    Suggestion.Kind.ANSWER: gettext_lazy("Consultation answer"),
}
LABELS_SHOWN = 4
EVIDENCE = {
    Subject.INSTANCE: "diagnosis/_heat_map.html",
    Subject.NOTE: "diagnosis/_attribution.html",
}


def present(suggestion: Suggestion, user: User) -> dict[str, Any]:
    """Return the context of components/_suggestion.html."""
    prediction = suggestion.prediction
    decision = standing_decision(suggestion)
    return {
        "id": str(suggestion.pk),
        "title": TITLES[suggestion.kind],
        "status": suggestion.status,
        "created_at": suggestion.created_at,
        "subject": "image" if prediction.subject_type == Subject.INSTANCE else prediction.subject_type,
        "subject_url": subject_url(prediction),
        "model": facts(prediction.model_version),
        "labels": labels_of(prediction),
        "limit": LABELS_SHOWN,
        "cut": None,
        "is_uncertain": prediction.scope_code == UNCERTAIN,
        "notes": scope_words(prediction.scope_detail.get("notes", [])),
        "abstention": _abstention(suggestion, user),
        "is_override": prediction.ignore_scope,
        "evidence_template": EVIDENCE.get(Subject(prediction.subject_type)) if prediction.output else None,
        "heat_map_url": _heat_map_url(suggestion),
        "spans": spans(prediction),
        "url": reverse("suggestion", args=[suggestion.pk]),
        "report_url": reverse("suggestion-report", args=[suggestion.pk]) if decision else None,
        "decision": present_decision(decision, prediction.model_version) if decision else None,
        "form": _form(suggestion, user, str(decision.pk) if decision else ""),
    }


def labels_of(prediction: Prediction) -> list[dict[str, Any]]:
    """Return the labels, the most probable first; none where nothing was scored."""
    scores = prediction.output.get("scores") or {}
    intervals = prediction.output.get("intervals") or {}
    rows = []
    for label in prediction.model_version.card["labels"]:
        probability = scores.get(label["code"])
        low, high = intervals.get(label["code"], (None, None))
        rows.append(_named(label) | {"probability": probability, "low": low, "high": high})
    rows = [row for row in rows if row["probability"] is not None]
    rows.sort(key=lambda row: row["probability"], reverse=True)
    for row in rows[:1]:
        row["is_top"] = True
    return rows


def standing_decision(suggestion: Suggestion) -> Decision | None:
    return suggestion.decisions.filter(superseded_at__isnull=True).select_related("decided_by").first()


def present_decision(decision: Decision, version: ModelVersion) -> dict[str, Any]:
    """Return the context of components/_decision.html."""
    label = next((one for one in version.card["labels"] if one["code"] == decision.label_code), None)
    report = DiagnosticReport.objects.filter(decision=decision).first()
    patient_id = decision.suggestion.patient_id
    return {
        "verdict": decision.verdict,
        "label": _named(label) if label else None,
        "reason": decision.get_reason_code_display() if decision.reason_code else "",
        "text": decision.reason_text,
        "by": decision.decided_by,
        "at": decision.decided_at,
        "record_url": reverse("chart", args=[patient_id]) if report else "",
        "record_label": _("in the record"),
    }


def spans(prediction: Prediction) -> list[dict[str, Any]]:
    """Return the note's text in pieces with weights 0-3, as components/_attribution.html draws them."""
    if not prediction.attributions:
        return []
    note = Note.objects.get(pk=prediction.subject_id)
    text = f"{note.title}\n{note.text}".strip()
    strongest = max((abs(a["weight"]) for a in prediction.attributions), default=0) or 1
    pieces, at = [], 0
    for part in sorted(prediction.attributions, key=lambda a: a["start"]):
        pieces.append({"text": text[at : part["start"]], "weight": 0})
        level = round(3 * abs(part["weight"]) / strongest)
        pieces.append(
            {"text": text[part["start"] : part["end"]], "weight": level, "against": part["weight"] < 0}
        )
        at = part["end"]
    return [*pieces, {"text": text[at:], "weight": 0}]


def subject_url(prediction: Prediction) -> str:
    name = "instance" if prediction.subject_type == Subject.INSTANCE else "note"
    return reverse(name, args=[prediction.subject_id])


def _abstention(suggestion: Suggestion, user: User) -> dict[str, Any] | None:
    prediction = suggestion.prediction
    if prediction.output:
        return None
    words = scope_words([prediction.scope_code])
    is_open = prediction.scope_detail.get("overridable", True) and not _was_overridden(prediction)
    return {
        "code": prediction.scope_code,
        "title": _("Outside what this model was made for"),
        "text": " ".join(str(word) for word in words),
        "override_url": reverse("suggestion-override", args=[suggestion.pk])
        if is_open and can(user, Action.SCOPE_OVERRIDE, suggestion)
        else None,
    }


def _was_overridden(prediction: Prediction) -> bool:
    """Tell whether the same model has scored the same subject on a doctor's word already."""
    same = {name: getattr(prediction, name) for name in ("model_version", "subject_type", "subject_id")}
    return Prediction.objects.filter(**same, ignore_scope=True).exists()


def _form(suggestion: Suggestion, user: User, standing: str) -> dict[str, Any] | None:
    if suggestion.status == Suggestion.Status.ABSTAINED or not can(
        user, Action.SUGGESTION_DECIDE, suggestion
    ):
        return None
    return {
        "url": reverse("suggestion-decide", args=[suggestion.pk]),
        "labels": [_named(label) for label in suggestion.prediction.model_version.card["labels"]],
        "reasons": [{"code": code, "name": name} for code, name in Decision.Reason.choices],
        "standing": standing,
        "record_hint": "" if standing else _("Nothing stands in the record before you decide."),
    }


def _heat_map_url(suggestion: Suggestion) -> str | None:
    if suggestion.prediction.heat_map_id is None:
        return None
    return reverse("suggestion-heat-map", args=[suggestion.pk])


def _named(label: dict[str, Any]) -> dict[str, Any]:
    return {"code": label["code"], "name_zh": label["name"]["zh"], "name_en": label["name"]["en"]}


def top_words(labels: list[dict[str, Any]]) -> str:
    """Return the most probable label with its probability, in the reader's language."""
    if not labels:
        return ""
    top = labels[0]
    name = top["name_zh"] if (get_language() or "").startswith("zh") else top["name_en"]
    return f"{name} {top['probability']:.0%}"
