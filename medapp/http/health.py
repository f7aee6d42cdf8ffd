"""``/health``: what is missing, for people and for load balancers."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medapp import plugs
from medapp.plugs import HealthCheck, HealthItem

LEAST_FREE_BYTES = 2 * 1024**3


def database_answers() -> HealthItem:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HealthItem("fail", gettext_lazy("The database does not answer."))
    return HealthItem("ok", gettext_lazy("The database answers."))


def disk_has_room() -> HealthItem:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.VAR_DIR).free
    words = _("%(gib).1f GiB are free on the disk.") % {"gib": free / 1024**3}
    return HealthItem("ok" if free > LEAST_FREE_BYTES else "warn", words)


OWN_CHECKS = (HealthCheck("database", database_answers), HealthCheck("disk", disk_has_room))


def health(request: HttpRequest) -> JsonResponse:
    """Return 200 while the application can serve, 503 where a check fails; warnings stay 200."""
    items = {check.key: check.check() for check in (*OWN_CHECKS, *plugs.health_checks)}
    worst = "fail" if any(item.status == "fail" for item in items.values()) else "ok"
    body = {
        "status": worst,
        "checks": {key: {"status": item.status, "message": str(item.message)} for key, item in items.items()},
    }
    return JsonResponse(
        body, status=503 if worst == "fail" else 200, json_dumps_params={"ensure_ascii": False}
    )
