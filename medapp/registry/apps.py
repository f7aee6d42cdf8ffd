from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "medapp.registry"
    verbose_name = _("Models")

    def ready(self) -> None:
        from medapp.registry import plugins

        plugins.register()
