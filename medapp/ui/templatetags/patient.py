"""Tags of the patient banner: ``{% load patient %}``. They read the patient's relations and import no department."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from medapp.ui import words

register = template.Library()


@register.simple_tag
def patient_label(patient: Any) -> str:
    """One name and the number, for titles and options."""
    first, _other = words.patient_names(patient)
    return f"{first} ({patient.mrn})"


@register.simple_tag
def patient_banner(patient: Any) -> dict[str, Any]:
    """What the banner says beside the patient's own fields."""
    return {"allergies": allergies(patient), "alerts": alerts(patient), "team": team(patient)}


def allergies(patient: Any) -> list[dict[str, Any]]:
    """Active allergies, the dangerous ones first."""
    rows = [
        {"text": substance(row), "reaction": row.reaction, "is_severe": row.criticality == "high"}
        for row in patient.allergyintolerances.filter(status="active")
    ]
    return sorted(rows, key=lambda row: not row["is_severe"])


def substance(row: Any) -> str:
    return row.substance if words.is_chinese() else row.substance_en or row.substance


def alerts(patient: Any) -> list[dict[str, str]]:
    found = []
    if not patient.ai_consent:
        found.append({"text": _("No AI: the patient does not agree to it"), "level": "info"})
    return found


def team(patient: Any) -> list[str]:
    members = patient.care_team.filter(until__isnull=True).select_related("user").order_by("since")
    return [str(member.user) for member in members]
