"""``score_batch`` on 2,000 images and 5,000 notes against a bare loop of the same engine at its best batch size.

Both are whole processes, from start to the written file, on an empty database, one after the other in turn.
Usage: bench/batch.py [--images N] [--notes N] [--runs N]
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.report import Line, report, shared_data  # noqa: E402 - the path above comes first


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--notes", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="medapp-bench-") as place:
        work = Path(place)
        folder, table = _images(work / "images", options.images), _notes(work / "notes.csv", options.notes)
        lines = [
            _compare("images", "chest-xray", folder, options.images, options.runs, work),
            _compare("texts", "zh-department", table, options.notes, options.runs, work),
        ]
    report(
        "batch", lines, "whole processes, start-up and output file included; an empty database for each run"
    )


def _compare(kind: str, model: str, source: Path, count: int, runs: int, work: Path) -> Line:
    ours, peer = [], []
    for run in range(runs):
        peer.append(count / _bare(kind, source, work / "bare.csv"))
        ours.append(count / _score(model, source, work / f"var-{kind}-{run}", work / "ours.csv", count))
    return Line(f"{kind} ({count})", "rows/s", ours, peer)


def _bare(kind: str, source: Path, target: Path) -> float:
    return _timed([sys.executable, str(ROOT / "bench" / "bare_batch.py"), kind, str(source), str(target)], {})


def _score(model: str, source: Path, var_dir: Path, target: Path, count: int) -> float:
    env = {"MEDAPP_VAR_DIR": str(var_dir)}
    _timed([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env)
    command = [sys.executable, "manage.py", "score_batch", "--model", model]
    seconds = _timed([*command, "--input", str(source), "--output", str(target)], env)
    with target.open(encoding="utf-8") as stream:
        rows = sum(1 for _row in csv.reader(stream)) - 1
    if rows != count:
        raise SystemExit(f"{rows} rows were written for {count} inputs")
    shutil.rmtree(var_dir)
    return seconds


def _timed(command: list[str], env: dict[str, str]) -> float:
    # The same settings for both: every core, waiting without spinning.
    plain = {"OMP_WAIT_POLICY": "PASSIVE", "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=os.environ | plain | env, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def _images(folder: Path, count: int) -> Path:
    folder.mkdir()
    source = sorted((shared_data() / "chest-xray-kermany-224" / "images").iterdir())[:count]
    for path in source:
        shutil.copy(path, folder / path.name)
    return folder


def _notes(target: Path, count: int) -> Path:
    with (shared_data() / "zh-department" / "questions.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))[:count]
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["title", "question"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return target


if __name__ == "__main__":
    main()
