"""A doctor, an own and a foreign patient, and a browser that is signed in."""

import pytest
from django.test import Client

from medapp.accounts.models import User
from medapp.records.models import Patient
from tests.factories import accounts, imaging


@pytest.fixture
def doctor(db) -> User:
    return accounts.user()


@pytest.fixture
def patient(doctor) -> Patient:
    return accounts.patient([doctor], birth_date=imaging.BIRTH_DATE)


@pytest.fixture
def foreign(db) -> Patient:
    return accounts.patient()


@pytest.fixture
def browser(doctor) -> Client:
    return signed_in(doctor)


def signed_in(user: User, **options: object) -> Client:
    """A browser that shows what a visitor would see of an unforeseen error, instead of raising it."""
    client = Client(raise_request_exception=False, **options)
    client.force_login(user)
    return client
