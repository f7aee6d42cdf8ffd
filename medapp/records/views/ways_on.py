"""Where a role without patients of its own goes from the worklist."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User


@dataclass(frozen=True)
class WayOn:
    title: str
    text: str
    url: str
    icon: str


def ways_on(user: User) -> list[WayOn]:
    """Return the pages that this role works on, the most used first."""
    known = [
        (Action.DATA_IMPORT, "admin:records_importrun_add", "upload", _("Import data"),
         _("Patients, encounters and laboratory results from CSV, with a preview of every row.")),
        (Action.AUDIT_READ, "accountability", "accountability", _("Who looked at a record"),
         _("Every view, search hit, decision and refusal, with who, when and why.")),
        (Action.BATCH_READ, "batch", "batch", _("Batch runs"),
         _("Score a cohort and download the result.")),
        (Action.MODEL_READ, "models", "models", _("Models"),
         _("What each model is for, on whom it was tested, how good it is.")),
        (Action.USER_MANAGE, "admin:accounts_user_changelist", "user", _("Users and roles"),
         _("Accounts, roles and departments.")),
        (Action.ADMIN_SITE, "admin:index", "admin", _("Admin panel"),
         _("Imports, models, queues and failures.")),
    ]  # fmt: skip
    ways = [_way(title, text, name, icon) for action, name, icon, title, text in known if can(user, action)]
    return [way for way in ways if way is not None]


def _way(title: str, text: str, url_name: str, icon: str) -> WayOn | None:
    try:
        return WayOn(title, text, reverse(url_name), icon)
    except NoReverseMatch:  # the department of that page is not installed
        return None
