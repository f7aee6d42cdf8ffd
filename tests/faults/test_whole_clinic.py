"""``make run`` as a person meets it: it opens, heals, and leaves nothing behind however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from medapp.runtime import clinic

ROOT = Path(__file__).resolve().parents[2]
OPENING_SECONDS = 240  # ten on an idle machine; tests share theirs


class Run:
    """A running ``scripts/run.py`` on its own folder, without the demo clinic."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        own = {"MEDAPP_VAR_DIR": str(var_dir), "MEDAPP_PORT": "0", "MEDAPP_DEMO": "0", "BROKER_URL": ""}
        env = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "medapp.settings", "DATABASE_URL": ""}
        command = [sys.executable, "-u", "scripts/run.py"]
        self.log = var_dir / "said"
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=sink, stderr=sink)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def address(self) -> str:
        eventually(self._is_settled, "the clinic to open", OPENING_SECONDS)
        found = re.search(r"is open: (http://\S+)", self.said)
        assert found, self.said
        return found[1]

    def _is_settled(self) -> bool:
        return "is open" in self.said or self.process.poll() is not None

    def programs(self) -> list[psutil.Process]:
        """Every process that works on this clinic's folder, whoever its parent is."""
        return [one for one in psutil.process_iter() if self._is_ours(one)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            ours = process.environ().get("MEDAPP_VAR_DIR") == str(self.var_dir)
            return ours and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            return False


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One clinic for the tests below, which follow its life in order."""
    it = Run(tmp_path_factory.mktemp("clinic"))
    yield it
    if it.process.poll() is None:
        it.process.terminate()
        it.process.wait(60)


def test_the_clinic_opens_with_all_its_programs(run: Run) -> None:
    assert _answers(run.address())
    assert len(run.programs()) >= len(clinic.WORKERS) + len(["broker", "web", "beat"])


def test_a_killed_web_server_is_started_again_at_the_same_address(run: Run) -> None:
    web = next(one for one in run.programs() if "uvicorn" in one.cmdline())
    web.send_signal(signal.SIGKILL)
    eventually(lambda: "web ended with status -9" in run.said, "the supervisor to notice")
    eventually(lambda: _answers(run.address()), "the web server to answer again", OPENING_SECONDS)


def test_a_second_start_on_the_same_folder_names_the_first(run: Run) -> None:
    command = [sys.executable, "scripts/run.py"]
    env = {**os.environ, "MEDAPP_VAR_DIR": str(run.var_dir)}
    second = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert second.returncode == 1
    assert f"runs already: {run.address()}" in second.stderr


def test_sigterm_ends_all_of_it(run: Run) -> None:
    run.process.terminate()
    assert run.process.wait(60) == 0
    assert run.programs() == []


def test_nothing_is_left_when_the_supervisor_is_killed(run: Run) -> None:
    again = Run(run.var_dir)
    again.address()
    again.process.kill()
    again.process.wait()
    eventually(lambda: again.programs() == [], "every program to end")


def _answers(address: str) -> bool:
    return clinic.web_answers(int(address.rpartition(":")[2]))


def eventually(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"did not happen within {seconds:.0f} s: {what}"
        time.sleep(0.1)
