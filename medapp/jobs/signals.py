"""What a Celery worker does when it starts and stops: it shows itself, and looks for what others left."""

import contextlib
from typing import Any

from celery import signals
from django.db import Error

from medapp.jobs import workers
from medapp.jobs.tasks import sweep

_heartbeats: list[workers.Heartbeat] = []


def connect() -> None:
    signals.worker_ready.connect(_on_ready, dispatch_uid="medapp.jobs.ready")
    signals.worker_shutdown.connect(_on_shutdown, dispatch_uid="medapp.jobs.shutdown")


def _on_ready(sender: Any, **_kwargs: Any) -> None:
    queues = [queue.name for queue in sender.task_consumer.queues]
    heartbeat = workers.Heartbeat(workers.worker_name("worker"), queues)
    _heartbeats.append(heartbeat)
    heartbeat.start()
    # The broker may have lost every bell while no worker was up.
    sweep()


def _on_shutdown(**_kwargs: Any) -> None:
    while _heartbeats:
        with contextlib.suppress(Error):
            _heartbeats.pop().stop()
