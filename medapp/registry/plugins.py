"""What the registry announces to the rest of the house."""

from django.utils.translation import gettext_lazy as _

from medapp.accounts.actions import Action
from medapp.audit.presenters import register_sentence
from medapp.plugs import HealthCheck, MenuEntry, health_checks, menu_entries
from medapp.registry.health import models_are_usable

SENTENCES = {
    "model.found": _("%(actor)s found the model %(name)s %(version)s on disk."),
    "model.problem": _("%(actor)s found the files of model %(name)s %(version)s unusable (%(code)s)."),
    "model.repaired": _("%(actor)s found the files of model %(name)s %(version)s in order again."),
    "model.promote": _("%(actor)s put the model %(name)s %(version)s in use."),
    "model.shadow": _("%(actor)s let the model %(name)s %(version)s run in the shadow of the one in use."),
    "model.withdraw": _("%(actor)s withdrew the model %(name)s %(version)s."),
}


def register() -> None:
    label = _("Models")
    menu_entries.register(MenuEntry("models", label, "models", Action.MODEL_READ, order=70, shortcut="m"))
    health_checks.register(HealthCheck("models", models_are_usable))
    for action, sentence in SENTENCES.items():
        register_sentence(action, sentence)
