from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "medapp.records"
    label = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        from medapp.records import announce  # the registry of models is complete only now
        from medapp.records.accountability import announce as accountability

        announce.announce()
        accountability.announce()
