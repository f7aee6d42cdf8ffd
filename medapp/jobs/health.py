"""What /health says about the machinery that does the work."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from redis import RedisError

from medapp import plugs
from medapp.jobs import workers
from medapp.jobs.models import Job, Status
from medapp.jobs.queries import oldest_wait_seconds
from medapp.plugs import HealthItem

ANSWER_SECONDS = 0.5
LONG_WAIT_SECONDS = 120


def broker_answers() -> HealthItem:
    if _broker_answers():
        return HealthItem("ok", _("The broker answers."))
    # The clinic goes on: rows wait, and the sweep rings once the broker is back.
    return HealthItem("warn", _("The broker is away; new work waits until it is back. Start it again."))


def workers_are_up() -> HealthItem:
    missing = sorted({plan.queue for plan in plugs.job_kinds} - workers.served_queues())
    if not missing:
        return HealthItem("ok", _("Every queue has a worker."))
    return HealthItem("warn", _("No worker serves: %(queues)s. Start one.") % {"queues": ", ".join(missing)})


def nothing_is_parked() -> HealthItem:
    count = Job.objects.filter(status=Status.PARKED).count()
    if not count:
        return HealthItem("ok", _("No job needs attention."))
    words = ngettext("%(count)d job needs attention.", "%(count)d jobs need attention.", count)
    return HealthItem("warn", words % {"count": count})


def nothing_waits_long() -> HealthItem:
    seconds = oldest_wait_seconds()
    words = _("The oldest waiting job has waited %(seconds)d seconds.") % {"seconds": seconds}
    return HealthItem("warn" if seconds > LONG_WAIT_SECONDS else "ok", words)


def _broker_answers() -> bool:
    seconds = ANSWER_SECONDS
    options = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "socket_connect_timeout": seconds,
        "socket_timeout": seconds,
        "max_retries": 0,
    }
    connection = Connection(settings.CELERY_BROKER_URL, transport_options=options, connect_timeout=seconds)
    try:
        with connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=seconds)
            # Kombu connects lazily: only a channel of its own asks the broker.
            channel: Any = connection.default_channel
            channel.client.ping()
    except (OSError, OperationalError, RedisError):
        return False
    return True
