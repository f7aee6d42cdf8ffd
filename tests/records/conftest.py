from pathlib import Path
from typing import Any

import pytest

from medapp.accounts.actions import Role
from medapp.accounts.models import User
from medapp.records.models import Patient
from tests.factories import accounts, records


@pytest.fixture(autouse=True)
def blob_dir(settings: Any, tmp_path: Path) -> None:
    settings.BLOB_DIR = tmp_path / "blobs"


@pytest.fixture
def owner(db: None) -> User:
    """The doctor in the patient's care team."""
    return accounts.user(Role.DOCTOR, display_name="Dr Owner")


@pytest.fixture
def colleague(db: None) -> User:
    """A doctor of the house outside the care team."""
    return accounts.user(Role.DOCTOR, display_name="Dr Colleague")


@pytest.fixture
def nurse(patient: Patient) -> User:
    """A nurse of the patient's department."""
    return accounts.user(Role.NURSE, department=patient.department)


@pytest.fixture
def manager(db: None) -> User:
    return accounts.user(Role.DATA_MANAGER, is_staff=True)


@pytest.fixture
def patient(owner: User) -> Patient:
    return records.patient(owner, department=accounts.department())
