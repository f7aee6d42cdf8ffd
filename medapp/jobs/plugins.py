"""What jobs announces to the rest of the house."""

from django.utils.translation import gettext_lazy as _

from medapp.audit.presenters import register_sentence
from medapp.jobs import health
from medapp.jobs.tasks import SWEEP_TASK
from medapp.plugs import HealthCheck, PeriodicTask, health_checks, periodic_tasks


def register() -> None:
    periodic_tasks.register(PeriodicTask("jobs.sweep", SWEEP_TASK, seconds=10))
    health_checks.register(HealthCheck("broker", health.broker_answers))
    health_checks.register(HealthCheck("workers", health.workers_are_up))
    health_checks.register(HealthCheck("parked-jobs", health.nothing_is_parked))
    health_checks.register(HealthCheck("waiting-jobs", health.nothing_waits_long))
    register_sentence("job.cancel", _("%(actor)s cancelled a job (%(kind)s)."))
    register_sentence("job.retry", _("%(actor)s let a job be tried again (%(kind)s)."))
    register_sentence("job.park", _("A job (%(kind)s) failed for good: %(code)s."))
