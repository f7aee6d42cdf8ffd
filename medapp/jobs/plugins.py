"""What jobs announces to the rest of the house."""

from medapp.jobs.tasks import SWEEP_TASK
from medapp.plugs import PeriodicTask, periodic_tasks


def register() -> None:
    periodic_tasks.register(PeriodicTask("jobs.sweep", SWEEP_TASK, seconds=10))
