"""Who is at work: the heartbeat rows that worker processes write, and what they say about a queue."""

import os
import platform
import threading
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.db import Error, connection
from django.db.models import QuerySet
from django.utils import timezone

from medapp.jobs.models import Job, Status, WorkerHeartbeat

BEAT_SECONDS = 4.0
# Three beats may be missed, on a machine that is busy with a model.
LIVE_SECONDS = 15


@cache
def this_host() -> str:
    """Name the host so that a process id means one process: containers share names, machines restart."""
    return ":".join([platform.node(), _boot_id()[:8], _pid_namespace()])


def _boot_id() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def _pid_namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        return ""


def worker_name(role: str) -> str:
    """Return a name that no other process has had: a lease under it tells which process to look for."""
    return f"{role}@{this_host()}:{os.getpid()}"


def live_workers() -> QuerySet[WorkerHeartbeat]:
    return WorkerHeartbeat.objects.filter(seen_at__gt=timezone.now() - timedelta(seconds=LIVE_SECONDS))


def served_queues() -> set[str]:
    """Return the queues that some live worker serves."""
    alive = (worker for worker in live_workers() if not is_dead(worker))
    return {queue for worker in alive for queue in worker.queues}


def is_dead(worker: WorkerHeartbeat) -> bool:
    """Tell whether the worker's process is known to be gone, which only its own host can know."""
    return worker.host == this_host() and not _process_exists(worker.pid)


def orphaned_jobs() -> QuerySet[Job]:
    """Return the running jobs whose lease has expired, or whose process on this host is gone."""
    running = Job.objects.filter(status=Status.RUNNING)
    names = [name for name in running.values_list("leased_by", flat=True).distinct() if _is_gone(name)]
    return running.filter(leased_until__lt=timezone.now()) | running.filter(leased_by__in=names)


def _is_gone(name: str) -> bool:
    host, _colon, pid = name.partition("@")[2].rpartition(":")
    return host == this_host() and pid.isdigit() and not _process_exists(int(pid))


def _process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """A killed process whose parent has not noticed yet holds no work any more (proc(5), field 3)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


class Heartbeat:
    """Writes this process's row every few seconds, from a thread of its own, until stopped."""

    def __init__(self, name: str, queues: Iterable[str]) -> None:
        self.name = name
        self.queues = sorted(queues)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2 * BEAT_SECONDS)
        WorkerHeartbeat.objects.filter(name=self.name).delete()

    def write(self) -> None:
        fields = {"queues": self.queues, "host": this_host(), "pid": os.getpid(), "seen_at": timezone.now()}
        WorkerHeartbeat.objects.update_or_create(name=self.name, defaults=fields)

    def _beat(self) -> None:
        try:
            while True:
                self._write_if_possible()
                if self._stop.wait(BEAT_SECONDS):
                    return
        finally:
            connection.close()

    def _write_if_possible(self) -> None:
        try:
            self.write()
        except Error:
            # A database that is away for a moment is met again at the next beat.
            connection.close()


def forget_silent_workers() -> None:
    """Delete the rows of workers that have been silent for an hour or are known to be dead."""
    long_ago = timezone.now() - timedelta(hours=1)
    WorkerHeartbeat.objects.filter(seen_at__lt=long_ago).delete()
    dead = [worker.name for worker in WorkerHeartbeat.objects.all() if is_dead(worker)]
    WorkerHeartbeat.objects.filter(name__in=dead).delete()
