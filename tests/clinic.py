"""A whole clinic for a test: its own data folder, broker and port, the processes that ``make run`` starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from medapp import laptop
from medapp.runtime import clinic
from medapp.runtime.processes import Child, Supervisor

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {"DJANGO_SETTINGS_MODULE": "medapp.settings"}


@dataclass
class Clinic:
    """A running clinic. ``manage`` runs a command on its data and returns what it printed."""

    url: str
    plan: clinic.Plan
    supervisor: Supervisor

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, **self.plan.env, **clinic.PASSIVE, **SETTINGS}

    def manage(self, *words: str) -> str:
        return manage(self.env, *words)

    def child(self, name: str) -> Child:
        """Return the program of that name: broker, web, worker-models, worker-chat, worker-io, beat."""
        return next(child for child in self.supervisor.children if child.program.name == name)

    def stop(self) -> None:
        self.supervisor.stop()


def manage(env: dict[str, str], *words: str) -> str:
    """Run a management command; a failure shows the end of what it said."""
    command = [sys.executable, "manage.py", *words]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert ended.returncode == 0, f"manage.py {' '.join(words)}: {ended.stdout[-2000:]}{ended.stderr[-4000:]}"
    return ended.stdout


@contextmanager
def running_clinic(
    var_dir: Path, port: int = 0, workers: bool = True, demo: bool = True, env: dict[str, str] | None = None
) -> Iterator[Clinic]:
    """Migrate, load the demo clinic, start everything and yield it once it answers; end it all afterwards.

    ``env`` adds settings, such as MEDAPP_CHAT_SERVER_URL; the tests' own settings are left behind.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    plan = clinic.Plan(var_dir, clinic.choose_port(port), laptop.broker_url(var_dir), workers)
    with _environment({**plan.env, **SETTINGS, **(env or {})}):
        manage(dict(os.environ), "migrate", "--verbosity", "0")
        manage(dict(os.environ), "sync_models")
        if demo:
            manage(dict(os.environ), "load_demo")
        supervisor = Supervisor(var_dir / "log", lambda words: None)
        supervisor.start(clinic.broker_programs(plan))
        supervisor.start(clinic.programs(plan))
        try:
            yield Clinic(plan.url, plan, supervisor)
        finally:
            supervisor.stop()


@contextmanager
def _environment(more: dict[str, str]) -> Iterator[None]:
    """Children inherit this process's environment, so it carries the settings while they are started."""
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
