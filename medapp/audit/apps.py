from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "medapp.audit"
    label = "audit"
    verbose_name = _("Accountability")

    def ready(self) -> None:
        from medapp.audit.signals import connect

        connect()
