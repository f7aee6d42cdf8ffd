"""Ringing the workers of a queue. A bell that cannot be rung is no error: the sweep rings again."""

import logging
import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from kombu import pools
from kombu.connection import Connection
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as BrokerError
from redis import RedisError

from medapp.celery import app
from medapp.plugs import JobKind

logger = logging.getLogger(__name__)

RING_TASK = "medapp.jobs.ring"
# More bells than workers are harmless, but an idle worker must hear one of a large batch.
MAX_BELLS = 8
CONNECT_SECONDS = 0.2
# While the broker is away a request must not wait for it again and again.
QUIET_SECONDS = 2.0


class Bell:
    """Publishes on a connection with short timeouts of its own, and pauses after a failure."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quiet_until = 0.0

    def ring(self, kind: JobKind, bells: int = 1) -> bool:
        """Ring for ``kind``; return False where the broker did not answer within a fraction of a second."""
        if self._clock() < self._quiet_until:
            return False
        try:
            _publish(kind, min(max(bells, 1), MAX_BELLS))
        except (OSError, BrokerError, KombuError, RedisError) as error:
            self._quiet_until = self._clock() + QUIET_SECONDS
            problem = type(error).__name__
            logger.warning("the broker is away, so the sweep will ring for %s: %s", kind.kind, problem)
            return False
        return True


def _publish(kind: JobKind, bells: int) -> None:
    with _producers(os.getpid()).acquire(block=True, timeout=CONNECT_SECONDS) as producer:
        options = {"queue": kind.queue, "producer": producer, "retry": False, "ignore_result": True}
        for _bell in range(bells):
            app.send_task(RING_TASK, args=[kind.kind], **options)


@cache
def _producers(_process: int) -> Any:
    """The producers of this process; a forked child must not share its parent's sockets."""
    seconds = CONNECT_SECONDS
    short = {"socket_connect_timeout": seconds, "socket_timeout": seconds, "max_retries": 0}
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **short, "interval_start": 0}
    url = settings.CELERY_BROKER_URL
    return pools.producers[Connection(url, transport_options=options, connect_timeout=seconds)]


def ring_on_commit(kind: JobKind, bells: int = 1) -> None:
    """Ring once the transaction commits; several jobs of a kind in one transaction share their bells."""
    ringing = Ringing(kind, bells)
    for entry in transaction.get_connection().run_on_commit:
        if isinstance(entry[1], Ringing) and entry[1].kind.kind == kind.kind:
            entry[1].bells += bells
            return
    transaction.on_commit(ringing, robust=True)


class Ringing:
    """A bell to be rung at commit."""

    def __init__(self, kind: JobKind, bells: int) -> None:
        self.kind = kind
        self.bells = bells
        self.__qualname__ = f"Ringing {kind.kind}"  # Django names it in its log should it ever fail

    def __call__(self) -> None:
        bell.ring(self.kind, self.bells)


bell = Bell()
