"""Several processes write to one chain at the same time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WRITERS, EVENTS = 4, 25
ROOT = Path(__file__).resolve().parents[2]
PREPARE = "call_command('migrate', 'audit', verbosity=0); call_command('migrate', 'vault', verbosity=0)"
WRITE = f"""
from medapp.audit.services import record
for number in range({EVENTS}):
    record(action='test.write', by=None, detail={{'n': number}})
"""


def start(code: str, database: str, var_dir: Path) -> "subprocess.Popen[bytes]":
    script = f"import django; django.setup()\nfrom django.core.management import call_command\n{code}"
    env = os.environ | {
        "DATABASE_URL": database,
        "MEDAPP_VAR_DIR": str(var_dir),
        # The tests' own settings choose a folder, and so a key, for each process.
        "DJANGO_SETTINGS_MODULE": "medapp.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.Popen([sys.executable, "-c", script], env=env, cwd=ROOT)


def assert_writers_keep_the_chain_whole(database: str, var_dir: Path) -> None:
    assert start(PREPARE, database, var_dir).wait(120) == 0
    writers = [start(WRITE, database, var_dir) for _ in range(WRITERS)]
    assert [writer.wait(120) for writer in writers] == [0] * WRITERS
    check = f"""
from medapp.audit.chain import examine
report = examine()
assert (report.count, report.broken) == ({WRITERS * EVENTS}, None), report
"""
    assert start(check, database, var_dir).wait(120) == 0


def test_processes_write_one_chain_on_sqlite(tmp_path):
    assert_writers_keep_the_chain_whole(f"sqlite:///{tmp_path}/chain.sqlite3", tmp_path)


@pytest.fixture
def postgresql_database() -> Iterator[str]:
    """Create a database beside the one that DATABASE_URL names."""
    psycopg = pytest.importorskip("psycopg")
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL")
    base, _, name = url.partition("?")[0].rpartition("/")
    query = url[len(base) + 1 + len(name) :]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS chain_of_processes")
        admin.execute("CREATE DATABASE chain_of_processes")
        yield f"{base}/chain_of_processes{query}"
        admin.execute("DROP DATABASE chain_of_processes WITH (FORCE)")


@pytest.mark.hospital
def test_processes_write_one_chain_on_postgresql(postgresql_database, tmp_path):
    assert_writers_keep_the_chain_whole(postgresql_database, tmp_path)
