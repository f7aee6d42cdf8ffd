"""What the audit trail refuses."""

from django.utils.translation import gettext_lazy as _

from medapp.errors import Permanent


class AppendOnlyError(Permanent):
    """Code tried to change or remove an event."""

    code = "append-only"
    http_status = 409
    message = _("An audit event is never changed or removed.")
    hint = _("Record a new event that corrects it.")
