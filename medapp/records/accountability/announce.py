"""What the accountability pages show elsewhere."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from medapp import plugs
from medapp.accounts.actions import Action
from medapp.accounts.models import BreakGlass, CareTeamMember
from medapp.jobs.models import Job
from medapp.records.accountability.presenters import reason_of
from medapp.records.accountability.queries import openings_to_review
from medapp.records.accountability.words import register_sentences
from medapp.registry.models import ModelVersion


def announce() -> None:
    register_sentences()
    plugs.menu_entries.register(
        plugs.MenuEntry(
            "accountability", _("Accountability"), "accountability", Action.AUDIT_READ, order=80, shortcut="y"
        )
    )
    for model, label in (
        (BreakGlass, _("Break-glass access")),
        (CareTeamMember, _("member of the care team")),
        (Job, _("job")),
        (ModelVersion, _("model")),
    ):
        plugs.record_links.register(plugs.RecordLink(model._meta.label_lower, label))
    plugs.worklist_sections.register(
        plugs.WorklistSection(
            "break-glass",
            "accountability/_waiting.html",
            _waiting,
            Action.BREAK_GLASS_REVIEW,
            order=30,
        )
    )


def _waiting(user: Any) -> dict[str, Any]:
    return {"waiting": [(glass, reason_of(glass)) for glass in openings_to_review(user)]}
