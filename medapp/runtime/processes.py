"""A supervisor for a handful of programs: start, wait until healthy, start again after a death, end."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from medapp.runtime import watchman

Say = Callable[[str], None]
POLL_SECONDS = 0.1
SETTLED_SECONDS = 60.0  # a program that lived this long starts again without waiting
MAX_BACK_OFF_SECONDS = 30.0
LOG_LIMIT_BYTES = 20 * 1024 * 1024


class StartError(Exception):
    """A program did not become healthy; the words name it and its log."""


def always_healthy() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What to run. ``is_healthy`` is asked until it answers True or ``start_seconds`` are over."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    is_healthy: Callable[[], bool] = always_healthy
    start_seconds: float = 90.0
    grace_seconds: float = 10.0


class Watchman:
    """The process that outlives this one by the moment it takes to end the groups left behind."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-S", watchman.__file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)

    def tell(self, sign: str, group: int) -> None:
        if self._process.stdin is None or self._process.stdin.closed:
            return
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{sign}{group}\n")
            self._process.stdin.flush()

    def dismiss(self) -> None:
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()


class Child:
    """One running program, leader of its own process group, so that Ctrl-C reaches the supervisor alone."""

    def __init__(self, program: Program, log_dir: Path, guard: Watchman) -> None:
        self.program = program
        self.log = log_dir / f"{program.name}.log"
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._deaths = 0
        self._due_at = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        _trim(self.log)
        with self.log.open("ab") as sink:
            self._process = subprocess.Popen(
                list(self.program.command),
                env={**os.environ, **self.program.env},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._guard.tell("+", self._process.pid)
        self._started_at = time.monotonic()

    def wait_until_healthy(self, stop: threading.Event) -> None:
        """Raise StartError where the program dies or stays unwell."""
        deadline = time.monotonic() + self.program.start_seconds
        while not stop.is_set():
            if not self.is_alive:
                raise StartError(f"{self.program.name} ended while starting. {self.last_words()}")
            if self.program.is_healthy():
                return
            if time.monotonic() > deadline:
                raise StartError(f"{self.program.name} did not become ready. {self.last_words()}")
            stop.wait(POLL_SECONDS)

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:] if self.log.exists() else []
        return "\n".join([f"Its log is {self.log}; the end of it:", *lines])

    def revive(self, say: Say) -> None:
        """Start a dead program again, at once the first time and after growing pauses from then on."""
        now = time.monotonic()
        if self._due_at == 0.0:
            self._bury(now, say)
        if now >= self._due_at:
            self._due_at = 0.0
            self.start()

    def _bury(self, now: float, say: Say) -> None:
        status = self._process.returncode if self._process else 0
        self._sweep_group()
        self._deaths = 0 if now - self._started_at > SETTLED_SECONDS else self._deaths + 1
        pause = 0.0 if self._deaths <= 1 else min(2.0 ** (self._deaths - 2), MAX_BACK_OFF_SECONDS)
        self._due_at = now + max(pause, POLL_SECONDS)
        say(f"{self.program.name} ended with status {status}; starting it again in {pause:.0f} s")

    def ask_to_stop(self) -> None:
        if self._process and self.is_alive:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Wait out the grace period, then end whatever is left of the group."""
        if self._process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.program.grace_seconds)
        self._sweep_group()
        self._process.wait()

    def _sweep_group(self) -> None:
        """A dead leader may leave children: a pool process goes on with its task until somebody ends it."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._guard.tell("-", self._process.pid)


class Supervisor:
    """Runs programs in order of dependency. Use ``start``, then ``watch`` until ``request_stop``, then ``stop``."""

    def __init__(self, log_dir: Path, say: Say) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._log_dir = log_dir
        self._say = say
        self._guard = Watchman()
        self._stop = threading.Event()
        self.children: list[Child] = []

    def start(self, programs: Sequence[Program]) -> None:
        """Start the programs side by side and wait for each. Raises StartError, with all of them ended."""
        if self.is_stopping:
            return
        fresh = [Child(program, self._log_dir, self._guard) for program in programs]
        self.children += fresh
        try:
            for child in fresh:
                child.start()
            for child in fresh:
                child.wait_until_healthy(self._stop)
                if not self.is_stopping:
                    self._say(f"{child.program.name} is ready")
        except BaseException:
            self.stop()
            raise

    def watch(self) -> None:
        """Start again what dies, until somebody asks to stop."""
        while not self._stop.wait(POLL_SECONDS):
            for child in self.children:
                if not child.is_alive:
                    child.revive(self._say)

    def request_stop(self) -> None:
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        """End everything: web and workers first and together, what they depend on last."""
        self._stop.set()
        for child in self.children[1:]:
            child.ask_to_stop()
        for child in [*self.children[1:], *self.children[:1]]:
            child.stop()
        self.children.clear()
        self._guard.dismiss()


def _trim(log: Path) -> None:
    """Keep one old log beside the new one."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
