"""A step says what it does, is skipped while its inputs are unchanged, and is told as it goes."""

import hashlib
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "set-up"  # goes with the environment that it describes

TICK_SECONDS = 5.0


class SetUpError(Exception):
    """Set-up cannot go on; the words say what to do."""


@dataclass(frozen=True)
class Step:
    """``inputs`` are files and words whose change asks for the step again; without any it always looks itself."""

    title: str
    act: Callable[[], str | None]
    inputs: Sequence[Path | str] = ()
    outputs: Sequence[Path] = ()


def digest(inputs: Sequence[Path | str]) -> str:
    whole = hashlib.sha256()
    for part in inputs:
        whole.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        whole.update(b"\0")
    return whole.hexdigest()


def is_fresh(step: Step, stamp: Path) -> bool:
    if not step.inputs or not stamp.exists() or not all(path.exists() for path in step.outputs):
        return False
    return stamp.read_text() == digest(step.inputs)


def run_all(steps: Sequence[Step]) -> None:
    """Run the steps in order, each with its number, its verdict and its seconds."""
    for number, step in enumerate(steps, start=1):
        print(f"[{number}/{len(steps)}] {step.title} ...", flush=True)
        began = time.monotonic()
        verdict = _run(step)
        print(
            f"[{number}/{len(steps)}] {step.title}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True
        )


def _run(step: Step) -> str:
    stamp = STAMPS / step.title.lower().replace(" ", "-")
    if is_fresh(step, stamp):
        return "up to date"
    verdict = step.act() or "done"
    if step.inputs:
        STAMPS.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest(step.inputs))
    return verdict


def call(command: Sequence[str | Path], *, env: dict[str, str] | None = None) -> None:
    """Run a command; every few seconds its newest line is shown, and its last words when it fails."""
    words = [str(word) for word in command]
    running = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines: deque[str] = deque(maxlen=60)
    reader = threading.Thread(target=_collect, args=(running, lines), daemon=True)
    reader.start()
    _tick_until_done(running, lines)
    reader.join()
    if running.returncode != 0:
        print("\n".join(lines))
        raise SetUpError(
            f"'{' '.join(words)}' ended with status {running.returncode}; its last words are above."
        )


def _collect(running: subprocess.Popen[bytes], lines: deque[str]) -> None:
    if running.stdout is None:
        return
    with running.stdout as output:
        for line in output:
            text = line.decode(errors="replace").rstrip()
            if text.strip() and not text.startswith(
                "WARNING: Location"
            ):  # pip on an index that lacks a package
                lines.append(text)


def _tick_until_done(running: subprocess.Popen[bytes], lines: deque[str]) -> None:
    began = time.monotonic()
    while True:
        try:
            running.wait(TICK_SECONDS)
            return
        except subprocess.TimeoutExpired:
            newest = lines[-1].strip()[:90] if lines else ""
            print(f"    {time.monotonic() - began:4.0f} s  {newest}", flush=True)
        except BaseException:
            running.terminate()
            raise
