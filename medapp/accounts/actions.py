"""Every action that a URL or a service can ask leave for, and what each role may do.

The table is the whole policy: (role, action) -> scope. What is not in it is refused.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    DOCTOR = "doctor", _("Doctor")
    NURSE = "nurse", _("Nurse")
    DATA_MANAGER = "data_manager", _("Data manager")
    RESEARCHER = "researcher", _("Researcher")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    ADMINISTRATOR = "administrator", _("Administrator")
    SERVICE = "service", _("Service account")


class Action(StrEnum):
    PUBLIC = "public"
    ACCOUNT_SELF = "account.self"

    WORKLIST_VIEW = "worklist.view"
    PATIENT_SEARCH = "patient.search"
    PATIENT_CREATE = "patient.create"
    CHART_READ = "chart.read"
    CHART_WRITE = "chart.write"
    OBSERVATION_WRITE = "observation.write"
    NOTE_WRITE = "note.write"
    NOTE_SIGN = "note.sign"
    CARE_TEAM_MANAGE = "care-team.manage"
    BREAK_GLASS_OPEN = "break-glass.open"
    BREAK_GLASS_REVIEW = "break-glass.review"
    PATIENT_ADMIN = "patient.admin"
    DATA_IMPORT = "data.import"

    IMAGE_READ = "image.read"
    IMAGE_UPLOAD = "image.upload"
    QUARANTINE_REVIEW = "quarantine.review"

    SUGGESTION_READ = "suggestion.read"
    SUGGESTION_REQUEST = "suggestion.request"
    SUGGESTION_DECIDE = "suggestion.decide"
    SCOPE_OVERRIDE = "suggestion.override-scope"
    REPORT_EXPORT = "report.export"

    CONSULT_READ = "consult.read"
    CONSULT_USE = "consult.use"
    KNOWLEDGE_READ = "knowledge.read"
    KNOWLEDGE_MANAGE = "knowledge.manage"

    BATCH_READ = "batch.read"
    BATCH_RUN = "batch.run"
    MODEL_READ = "model.read"
    MODEL_MANAGE = "model.manage"
    JOB_READ = "job.read"
    JOB_MANAGE = "job.manage"

    AUDIT_READ = "audit.read"
    ADMIN_SITE = "admin.site"
    USER_MANAGE = "user.manage"
    API_DOCS = "api.docs"
    API_KEY = "api.key"


class Scope(StrEnum):
    """How far a permission reaches."""

    ANY = "any"
    MEMBER = "member"  # patients of one's care teams; break-glass is no membership
    TEAM = "team"  # MEMBER, and break-glass while it lasts
    DEPARTMENT = "department"  # TEAM, and the patients of one's department
    OWN = "own"  # what one owns, about patients one may see


A, S = Action, Scope
_EVERYONE = {
    A.ACCOUNT_SELF: S.ANY,
    A.WORKLIST_VIEW: S.ANY,
    A.MODEL_READ: S.ANY,
    A.KNOWLEDGE_READ: S.ANY,
    A.JOB_READ: S.OWN,
    A.JOB_MANAGE: S.OWN,
    A.API_DOCS: S.ANY,
    A.API_KEY: S.ANY,
}
_DOCTOR = dict.fromkeys(
    (
        A.CHART_READ, A.CHART_WRITE, A.OBSERVATION_WRITE, A.NOTE_WRITE, A.NOTE_SIGN,
        A.IMAGE_READ, A.IMAGE_UPLOAD, A.QUARANTINE_REVIEW, A.SUGGESTION_READ, A.SUGGESTION_REQUEST,
        A.SUGGESTION_DECIDE, A.SCOPE_OVERRIDE, A.REPORT_EXPORT,
    ),
    S.TEAM,
)  # fmt: skip
_NURSE = dict.fromkeys(
    (A.CHART_READ, A.OBSERVATION_WRITE, A.NOTE_WRITE, A.IMAGE_READ, A.IMAGE_UPLOAD, A.SUGGESTION_READ),
    S.DEPARTMENT,
)

POLICY: dict[Role, dict[Action, Scope]] = {
    Role.DOCTOR: {
        **_EVERYONE, **_DOCTOR, A.CARE_TEAM_MANAGE: S.MEMBER,
        A.PATIENT_SEARCH: S.ANY, A.PATIENT_CREATE: S.ANY, A.BREAK_GLASS_OPEN: S.ANY,
        A.CONSULT_READ: S.OWN, A.CONSULT_USE: S.OWN,
    },
    Role.NURSE: {**_EVERYONE, **_NURSE, A.PATIENT_SEARCH: S.DEPARTMENT, A.PATIENT_CREATE: S.ANY},
    Role.DATA_MANAGER: {
        **_EVERYONE,
        A.ADMIN_SITE: S.ANY, A.PATIENT_ADMIN: S.ANY, A.DATA_IMPORT: S.ANY, A.KNOWLEDGE_MANAGE: S.ANY,
        A.QUARANTINE_REVIEW: S.ANY,  # files that a command brought belong to nobody else
        A.BATCH_READ: S.ANY, A.BATCH_RUN: S.ANY, A.MODEL_MANAGE: S.ANY,
        A.JOB_READ: S.ANY, A.JOB_MANAGE: S.ANY,
    },
    Role.RESEARCHER: {**_EVERYONE, A.BATCH_READ: S.OWN, A.BATCH_RUN: S.OWN},
    Role.PRIVACY_OFFICER: {
        **_EVERYONE,
        A.ADMIN_SITE: S.ANY, A.PATIENT_SEARCH: S.ANY, A.AUDIT_READ: S.ANY, A.BREAK_GLASS_REVIEW: S.ANY,
    },
    Role.ADMINISTRATOR: {
        **_EVERYONE,
        A.ADMIN_SITE: S.ANY, A.USER_MANAGE: S.ANY, A.MODEL_MANAGE: S.ANY, A.KNOWLEDGE_MANAGE: S.ANY,
        A.JOB_READ: S.ANY, A.JOB_MANAGE: S.ANY, A.BATCH_READ: S.ANY,
    },
    Role.SERVICE: {
        A.ACCOUNT_SELF: S.ANY, A.API_DOCS: S.ANY, A.MODEL_READ: S.ANY, A.IMAGE_UPLOAD: S.ANY,
        A.JOB_READ: S.OWN, A.BATCH_READ: S.OWN, A.BATCH_RUN: S.OWN,
    },
}  # fmt: skip


def scope_of(role: str, action: Action) -> Scope | None:
    """Return how far ``role`` may go with ``action``, or None where it may not at all."""
    return POLICY[Role(role)].get(action)
