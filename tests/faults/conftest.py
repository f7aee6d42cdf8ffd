import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections
from django.db.utils import load_backend

from medapp import env, plugs
from medapp.audit.models import Event
from medapp.jobs import bell as bell_module
from medapp.jobs.models import Job, WorkerHeartbeat
from tests.faults import kinds as fault_kinds
from tests.faults.clinic import ROOT, Clinic


@pytest.fixture(scope="session")
def clinic_database(tmp_path_factory) -> str:
    """The URL of a migrated database that other processes can open; pytest's own may live in memory."""
    folder = tmp_path_factory.mktemp("clinic")
    url = (
        _empty_postgres()
        if os.environ.get("DATABASE_URL", "").startswith("postgres")
        else f"sqlite://{folder}/db"
    )
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    own = {"DATABASE_URL": url, "MEDAPP_VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "medapp.settings"}
    environment = {**os.environ, **own}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return url


@pytest.fixture
def clinic(clinic_database, tmp_path_factory, django_db_blocker, settings, monkeypatch):
    folder = tmp_path_factory.mktemp("c")
    one = Clinic(folder, clinic_database)
    _share_keys(one, settings)
    settings.CELERY_BROKER_URL = one.broker_url
    monkeypatch.setattr(bell_module, "bell", bell_module.Bell())
    monkeypatch.setattr(fault_kinds, "FOLDER", folder / "evidence")
    monkeypatch.setattr(plugs.job_kinds, "_by_key", dict(plugs.job_kinds._by_key))
    bell_module._producers.cache_clear()
    fault_kinds.register()
    with django_db_blocker.unblock(), _connected(clinic_database):
        Job.objects.all().delete()  # an answer of an earlier test may point at its job
        WorkerHeartbeat.objects.all().delete()
        yield one
        one.stop()


@pytest.fixture
def saves():
    """How often the result of a job was saved."""
    return lambda job: Event.objects.filter(action="faults.saved", object_id=str(job.pk)).count()


class _connected:
    """Point this thread's default connection at the clinic's database."""

    def __init__(self, url: str) -> None:
        self.settings = env.database("FAULTS_DATABASE_URL", Path(url.partition("://")[2]))
        if url.startswith("postgres"):
            os.environ["FAULTS_DATABASE_URL"] = url
            self.settings = env.database("FAULTS_DATABASE_URL", Path())

    def __enter__(self) -> None:
        self.old = connections["default"]
        settings_dict = {**self.old.settings_dict, **self.settings}
        connections["default"] = load_backend(settings_dict["ENGINE"]).DatabaseWrapper(
            settings_dict, "default"
        )

    def __exit__(self, *exc_info: object) -> None:
        connections["default"].close()
        connections["default"] = self.old


def _share_keys(clinic: Clinic, settings) -> None:
    clinic.env["MEDAPP_VAULT_KEYS"] = settings.VAULT_KEYS
    clinic.env["MEDAPP_SECRET_KEY"] = settings.SECRET_KEY


def _empty_postgres() -> str:
    url = os.environ["DATABASE_URL"]
    name = f"{urlsplit(url).path.lstrip('/')}_faults"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(url)._replace(path=f"/{name}").geturl()
