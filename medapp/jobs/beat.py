"""Celery beat's timetable, read from what the apps announced in ``plugs.periodic_tasks``."""

from celery.beat import PersistentScheduler

from medapp import plugs


class PlugScheduler(PersistentScheduler):
    """The persistent scheduler, so that a nightly task keeps its hour over a restart."""

    def setup_schedule(self) -> None:
        self.app.conf.beat_schedule = {
            task.name: {"task": task.task, "schedule": task.seconds, "options": {"queue": task.queue}}
            for task in plugs.periodic_tasks
        }
        super().setup_schedule()
