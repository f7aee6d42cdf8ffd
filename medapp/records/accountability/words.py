"""What actions, bases and broken chains are called."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from medapp.accounts.access import BASIS_WORDS
from medapp.accounts.actions import Action, Role
from medapp.audit.presenters import has_sentence, register_sentence
from medapp.errors import Words

ACTIONS: dict[str, Words] = {
    "account.login": _("Sign-in"),
    "account.logout": _("Sign-out"),
    "vault.rotate-keys": _("Keys changed"),
    Action.ACCOUNT_SELF: _("Own account"),
    Action.WORKLIST_VIEW: _("Worklist"),
    Action.PATIENT_SEARCH: _("Found in a search"),
    Action.PATIENT_CREATE: _("Patient registered"),
    Action.CHART_READ: _("Chart read"),
    Action.CHART_WRITE: _("Chart changed"),
    Action.OBSERVATION_WRITE: _("Measurement or result entered"),
    Action.NOTE_WRITE: _("Note written"),
    Action.NOTE_SIGN: _("Note signed"),
    Action.CARE_TEAM_MANAGE: _("Care team changed"),
    Action.BREAK_GLASS_OPEN: _("Break-glass access opened"),
    Action.BREAK_GLASS_REVIEW: _("Break-glass access reviewed"),
    Action.PATIENT_ADMIN: _("Patient data managed"),
    Action.DATA_IMPORT: _("Data imported"),
    Action.IMAGE_READ: _("Image read"),
    Action.IMAGE_UPLOAD: _("Image uploaded"),
    Action.QUARANTINE_REVIEW: _("Quarantine reviewed"),
    Action.SUGGESTION_READ: _("AI suggestion read"),
    Action.SUGGESTION_REQUEST: _("AI model asked"),
    Action.SUGGESTION_DECIDE: _("AI suggestion decided"),
    Action.SCOPE_OVERRIDE: _("AI model asked outside its scope"),
    Action.REPORT_EXPORT: _("Report exported"),
    Action.CONSULT_READ: _("Consultation read"),
    Action.CONSULT_USE: _("Consultation used"),
    "model.run": _("AI model run"),
    "consult.open": _("Consultation opened"),
    "consult.ask": _("AI model asked a question"),
    "consult.red-flag": _("Red-flag notice shown"),
    "consult.answer": _("AI answer written"),
    "consult.stop": _("AI answer stopped"),
    "consult.take": _("AI answer taken into the record"),
    Action.KNOWLEDGE_READ: _("Knowledge article read"),
    Action.KNOWLEDGE_MANAGE: _("Knowledge managed"),
    Action.BATCH_READ: _("Batch run read"),
    Action.BATCH_RUN: _("Batch run started"),
    Action.MODEL_READ: _("Model card read"),
    Action.MODEL_MANAGE: _("Model managed"),
    Action.JOB_READ: _("Job read"),
    Action.JOB_MANAGE: _("Job managed"),
    Action.AUDIT_READ: _("Audit trail read"),
    Action.ADMIN_SITE: _("Administration pages"),
    Action.USER_MANAGE: _("User account managed"),
}

ROLES = dict(Role.choices)

WRITES = (
    Action.CHART_WRITE,
    Action.OBSERVATION_WRITE,
    Action.NOTE_WRITE,
    Action.NOTE_SIGN,
    Action.CARE_TEAM_MANAGE,
    Action.BREAK_GLASS_OPEN,
    Action.BREAK_GLASS_REVIEW,
    Action.IMAGE_UPLOAD,
    Action.SUGGESTION_REQUEST,
    Action.SUGGESTION_DECIDE,
)
# A search hit rests on what was typed, not on a right to the chart.
FOUND_BY: dict[str, Words] = {
    "number": _("Found by number."),
    "name": _("Found by name."),
    "part": _("Found by a part of the name."),
    "initials": _("Found by initials."),
    "birth-date": _("Found by birth date."),
    "phone": _("Found by phone number."),
    "national-id": _("Found by national identifier."),
    "words": _("Found by several words."),
}

BREAKS: dict[str, Words] = {
    "changed": _("Event %(n)d was changed after it was written."),
    "missing": _("Event %(n)d is missing."),
    "re-ordered": _("Event %(n)d stands in the place of another."),
    "added": _("Event %(n)d was added outside the application."),
    "head-missing": _("The end of the chain is missing after event %(n)d."),
    "head-forged": _("The end of the chain at event %(n)d was not written by this application."),
    "unguarded": _("All %(n)d events hold, but the database no longer keeps them from being changed."),
    "not-as-exported": _("Event %(n)d is not the one that was exported."),
}


def basis_words(code: str) -> str:
    """Return the words for a basis code; an unknown one speaks for itself."""
    return str(BASIS_WORDS.get(code) or FOUND_BY.get(code) or code)


def role_words(role: str) -> str:
    return str(ROLES.get(role, role))


def action_words(action: str) -> str:
    return str(ACTIONS.get(action, action))


def register_sentences() -> None:
    """Name every action that its own department has not named."""
    for action, name in ACTIONS.items():
        if not has_sentence(action):
            register_sentence(action, name)
    for action in WRITES:
        # The page with the form needs the right to write, and looking at it is not yet writing.
        only_looked = format_lazy(_("Only the form was opened: {what}"), what=ACTIONS[action])
        register_sentence(action, only_looked, outcome="allowed")
