from django.utils.translation import gettext_lazy as _

from medapp.errors import ConflictError, Permanent


class ModelNotAssembledError(Permanent):
    code = "model-not-assembled"
    http_status = 503
    message = _("The base files of model “%(name)s” have not been assembled on this machine.")
    hint = _("The administrator runs: python -m ml.assemble, then manage.py sync_models.")


class ModelNotUsableError(ConflictError):
    code = "model-not-usable"
    message = _("“%(name)s” cannot be put in use while its files have a problem.")
    hint = _("Repair its files, check the models again, then promote it.")


class WrongModelStateError(ConflictError):
    code = "wrong-model-state"
    message = _("This cannot be done to a model version that is %(status)s.")
    hint = _("Reload the page to see how it stands.")
