"""What /health says about the models, from what the last check of their files found."""

from django.utils.translation import gettext as _

from medapp.plugs import HealthItem
from medapp.registry.models import ModelStatus, ModelVersion, Problem


def models_are_usable() -> HealthItem:
    versions = ModelVersion.objects.filter(status=ModelStatus.CHAMPION)
    broken = [version for version in versions if not version.is_enabled]
    if not versions:
        return HealthItem("warn", _("No model is registered. Run manage.py sync_models."))
    if not broken:
        return HealthItem("ok", _("Every model in use can be loaded."))
    names = ", ".join(f"{one.name} ({one.get_problem_code_display()})" for one in broken)
    if all(one.problem_code == Problem.NO_BACKBONE for one in broken):
        words = _(
            "Base models are missing: %(names)s. Run python -m ml.assemble, then manage.py sync_models."
        )
    else:
        words = _("Models cannot be used: %(names)s. Repair their files, then run manage.py sync_models.")
    return HealthItem("warn", words % {"names": names})
