from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from medapp.accounts.actions import Role
from medapp.accounts.models import User
from medapp.audit.models import Event
from medapp.audit.services import record
from medapp.records.models import Patient
from medapp.records.terms import refresh_terms


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def person(role: Role, name: str) -> User:
    return User.objects.create_user(name, password="x", role=role, display_name=name, language="en")


@pytest.fixture
def doctor(db: None) -> User:
    return person(Role.DOCTOR, "Li Na")


@pytest.fixture
def officer(db: None) -> User:
    return person(Role.PRIVACY_OFFICER, "Wang Fang")


@pytest.fixture
def patient(doctor: User) -> Patient:
    names = {"name_zh": "张伟", "name_latin": "Zhang Wei"}
    patient = Patient.objects.create(mrn="M0001", birth_date=date(1980, 3, 5), created_by=doctor, **names)
    refresh_terms([patient])
    return patient


@pytest.fixture
def desk(officer: User, client: Client) -> Client:
    """A browser in which the privacy officer is signed in."""
    client.force_login(officer)
    return client


@pytest.fixture
def trail(doctor: User, patient: Patient) -> list[Event]:
    """Three reads of the chart, one of an image, a decision, a refusal."""
    reads = [("chart.read", "allowed")] * 3 + [("image.read", "allowed")]
    steps = [*reads, ("suggestion.decide", "done"), ("chart.read", "refused")]
    return [
        record(
            action=action, by=doctor, patient_id=patient.pk, outcome=outcome, detail={"basis": "care-team"}
        )
        for action, outcome in steps
    ]
