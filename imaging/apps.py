from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagingConfig(AppConfig):
    name = "imaging"
    label = "imaging"
    verbose_name = _("Imaging")

    def ready(self) -> None:
        from imaging.announce import announce

        announce()
