"""What the department's tests share: a doctor with a patient, and a stranger."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from medapp.accounts.models import User
from medapp.records.models import Patient
from tests.factories.imaging import make_patient, make_user


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path: Path) -> None:
    """Files of one test do not meet those of another, nor do remembered reads."""
    settings.BLOB_DIR = tmp_path / "blobs"
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.UPLOAD_DIR.mkdir()
    cache.clear()


@pytest.fixture
def doctor(db) -> User:
    return make_user()


@pytest.fixture
def patient(doctor: User) -> Patient:
    return make_patient(doctor)


@pytest.fixture
def stranger(db) -> User:
    return make_user()


@pytest.fixture
def browser(doctor: User) -> Client:
    """The doctor, signed in."""
    return client_of(doctor)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
