"""ASGI entry point; long-lived event streams need it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medapp.settings")

django_application = get_asgi_application()

from django.conf import settings  # noqa: E402 - once they are set up

from medapp.http.bodies import BodyLimit  # noqa: E402

application = BodyLimit(
    django_application,
    ordinary=settings.MAX_ORDINARY_BYTES,
    upload=settings.MAX_UPLOAD_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
)
