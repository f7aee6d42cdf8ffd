"""What accountability and encryption cost: an audit event, the verification of a chain, a stored file.

Runs on a database and folder of its own. Peers: a bare INSERT of the same row, and a plain file written as durably.
"""

import argparse
import io
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
_folder = tempfile.TemporaryDirectory(prefix="medapp-bench-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "medapp.settings", "MEDAPP_VAR_DIR": _folder.name}
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder.name}/bench.sqlite3")

import django  # noqa: E402 - the settings come first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from medapp.audit import chain, services  # noqa: E402
from medapp.vault.blobs import read_blob, read_range  # noqa: E402
from medapp.vault.services import store_blob  # noqa: E402

MIB = 1024 * 1024
PATIENT = "7f0d3b3c-6b6f-4d6f-9d5a-4c6d1d3c9b10"
Row = dict[str, object]


def milliseconds(act: Callable[[], object], runs: int) -> list[float]:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def compared(name: str, ours: list[float], peer: list[float], unit: str = "ms") -> Row:
    """Return one line of the table; ``ratio`` is ours over peer, ``spread`` the 5th to the 95th percentile."""
    middle, other = statistics.median(ours), statistics.median(peer)
    cuts = statistics.quantiles(ours, n=20)
    row = {
        "name": name,
        "ours": middle,
        "peer": other,
        "ratio": middle / other,
        "unit": unit,
        "runs": len(ours),
    }
    return row | {"spread": [cuts[0], cuts[-1]]}


def record_event() -> object:
    return services.record(
        action="chart.read",
        by=None,
        patient_id=PATIENT,
        outcome="allowed",
        reason="bench",
        detail={"basis": "care-team"},
    )


def bare_insert() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_event (at, action, detail) VALUES (CURRENT_TIMESTAMP, 'chart.read', '{}')"
        )


def plain_file(content: bytes, folder: Path) -> None:
    with (folder / str(random.random())).open("wb") as target:
        target.write(content)
        os.fsync(target.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def measure(events: int) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_event (at TIMESTAMP, action TEXT, detail TEXT)")
    rows = [
        compared("record an event", milliseconds(record_event, events), milliseconds(bare_insert, events))
    ]
    rows += [verification(), *files()]
    return rows


def verification() -> Row:
    taken = milliseconds(chain.examine, 3)
    count = chain.examine().count
    rates = [count / (t / 1000) for t in taken]
    return compared("verify the chain", rates, rates, "events/s")


def files() -> list[Row]:
    folder, picture, volume = Path(_folder.name), os.urandom(200_000), os.urandom(64 * MIB)
    stored = store_blob(stream=io.BytesIO(volume), media_type="x")

    def store(content: bytes) -> None:
        store_blob(stream=io.BytesIO(content), media_type="x")

    def read_piece() -> None:
        read_range(stored, random.randrange(60 * MIB), 65536)

    path = folder / "plain"
    path.write_bytes(volume)
    pairs: list[tuple[str, Callable[[], object], Callable[[], object], int]] = [
        ("store 200 kB", lambda: store(picture), lambda: plain_file(picture, folder), 20),
        ("store 64 MiB", lambda: store(volume), lambda: plain_file(volume, folder), 3),
        ("read 64 MiB", lambda: read_blob(stored), path.read_bytes, 3),
        ("read 64 KiB anywhere", read_piece, lambda: piece_of(path), 200),
    ]
    return [compared(name, milliseconds(ours, n), milliseconds(peer, n)) for name, ours, peer, n in pairs]


def piece_of(path: Path) -> bytes:
    with path.open("rb") as source:
        source.seek(random.randrange(60 * MIB))
        return source.read(65536)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000)
    call_command("migrate", verbosity=0)
    rows = measure(parser.parse_args().events)
    for row in rows:
        print(f"{row['name']:<24}{row['ours']:>12.3f}{row['peer']:>12.3f}{row['ratio']:>8.2f}  {row['unit']}")
    target = ROOT / "var" / "bench" / "vault_audit.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(rows, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
