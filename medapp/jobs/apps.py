from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "medapp.jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from medapp.jobs import plugins, signals

        plugins.register()
        signals.connect()
