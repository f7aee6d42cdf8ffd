"""What the accountability pages show elsewhere."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from medapp import plugs
from medapp.accounts.actions import Action
from medapp.accounts.models import BreakGlass
from medapp.records.accountability.presenters import reason_of
from medapp.records.accountability.queries import openings_to_review
from medapp.records.accountability.words import register_sentences


def announce() -> None:
    register_sentences()
    plugs.menu_entries.register(
        plugs.MenuEntry(
            "accountability", _("Accountability"), "accountability", Action.AUDIT_READ, order=80, shortcut="y"
        )
    )
    plugs.record_links.register(plugs.RecordLink(BreakGlass._meta.label_lower, _("Break-glass access")))
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
