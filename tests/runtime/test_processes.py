"""The supervisor starts, revives and ends programs, and leaves no orphan whichever way it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from medapp.runtime.processes import Child, Program, StartError, Supervisor, Watchman

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
# A program with a child of its own, as a Celery worker has.
FAMILY = [sys.executable, "-S", "-c", f"import subprocess; subprocess.run({SLEEPER!r})"]


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def group_exists(group: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True)
    return any(not line.startswith("Z") for line in listed.stdout.split())


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    it = Supervisor(tmp_path, lambda words: None)
    yield it
    it.stop()


def test_start_waits_until_every_program_is_healthy(supervisor: Supervisor) -> None:
    answers = iter([False, False, True])
    supervisor.start([Program("slow", SLEEPER, is_healthy=lambda: next(answers))])
    assert next(answers, None) is None
    assert supervisor.children[0].is_alive


def test_start_names_a_program_that_ends_at_once_with_its_last_words(supervisor: Supervisor) -> None:
    broken = [sys.executable, "-S", "-c", "raise SystemExit('no such database')"]
    with pytest.raises(StartError, match=r"broken ended while starting(.|\n)*no such database"):
        supervisor.start([Program("broken", broken, is_healthy=lambda: False)])


def test_a_failed_start_ends_the_programs_that_did_start(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, lambda words: None)
    unwell = Program("unwell", SLEEPER, is_healthy=lambda: False, start_seconds=0.3)
    groups: list[int] = []
    well = Program("well", SLEEPER, is_healthy=lambda: not groups.append(supervisor.children[0].pid))
    with pytest.raises(StartError, match="did not become ready"):
        supervisor.start([well, unwell])
    assert not group_exists(groups[0])


def test_a_program_that_dies_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start([Program("mortal", SLEEPER)])
    child = supervisor.children[0]
    first = child.pid
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: child.is_alive and child.pid != first)
    supervisor.request_stop()
    watching.join()


def test_pauses_grow_for_a_program_that_keeps_dying(tmp_path: Path) -> None:
    heard: list[str] = []
    guard = Watchman()
    child = Child(Program("dying", [sys.executable, "-S", "-c", ""]), tmp_path, guard)
    child.start()
    while len(heard) < 3:
        if not child.is_alive:
            child.revive(heard.append)
    child.stop()
    guard.dismiss()
    assert [words.rsplit(" in ")[1] for words in heard] == ["0 s", "1 s", "2 s"]


def test_stop_ends_the_children_of_a_program_too(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, lambda words: None)
    supervisor.start([Program("family", FAMILY)])
    group = supervisor.children[0].pid
    supervisor.stop()
    assert not group_exists(group)


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import pathlib
        from medapp.runtime.processes import Program, Supervisor
        supervisor = Supervisor(pathlib.Path({str(tmp_path)!r}), print)
        supervisor.start([Program("family", {FAMILY!r})])
        print(supervisor.children[0].pid, flush=True)
        supervisor.watch()
    """)
    running = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    lines = (line.strip() for line in running.stdout)
    group = int(next(line for line in lines if line.isdigit()))
    assert group_exists(group)
    running.kill()
    running.wait()
    running.stdout.close()
    assert eventually(lambda: not group_exists(group))
