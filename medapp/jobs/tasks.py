"""The Celery side: one task that is a bell, one that sweeps. Neither carries more than a kind's name."""

import time

from celery import shared_task
from celery.worker import state as celery_state

from medapp import plugs
from medapp.jobs import workers
from medapp.jobs.bell import RING_TASK, bell
from medapp.jobs.runner import has_waiting, kill_this_process, reclaim_orphans, run_kind
from medapp.jobs.states import claimable

SWEEP_TASK = "medapp.jobs.sweep"
# A long queue of one kind lets the other kinds of its queue through every few seconds.
TURN_SECONDS = 2.0
# Well below Celery's own limits, which are for a task that hangs.
LONGEST_SECONDS = 600.0


@shared_task(name=RING_TASK)
def ring(kind: str) -> int:
    """Run waiting jobs of ``kind`` for a turn, then ring again for what is left."""
    plan = plugs.job_kinds.get(kind)
    if plan is None:
        return 0
    name, count, begun = workers.worker_name("worker"), 0, time.monotonic()
    while True:
        count += run_kind(
            kind, name, seconds=TURN_SECONDS, should_stop=_is_stopping, on_hang=kill_this_process
        )
        # Without a broker nobody would take the rest over, so this worker stays at it.
        is_late = time.monotonic() - begun > LONGEST_SECONDS
        if _is_stopping() or is_late or not has_waiting(kind) or bell.ring(plan):
            return count


@shared_task(name=SWEEP_TASK)
def sweep() -> int:
    """Give back what lost workers held, ring for all that waits; return how many jobs were given back."""
    workers.forget_silent_workers()
    count = reclaim_orphans()
    for plan in plugs.job_kinds:
        waiting = claimable(plan).count()
        if waiting:
            bell.ring(plan, -(-waiting // plan.batch_size))
    return count


def _is_stopping() -> bool:
    return celery_state.should_stop is not None or celery_state.should_terminate is not None
