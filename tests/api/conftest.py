"""A program with a token, and the people whose rows it asks for."""

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from medapp.accounts.models import User
from medapp.records.models import Patient
from tests.factories import accounts


@pytest.fixture
def doctor(db) -> User:
    return accounts.user()


@pytest.fixture
def patient(doctor) -> Patient:
    return accounts.patient([doctor])


def program(user: User, **headers: str) -> Client:
    """A client that carries the user's token and no session."""
    token = Token.objects.get_or_create(user=user)[0]
    return Client(raise_request_exception=False, headers={"authorization": f"Token {token.key}", **headers})


@pytest.fixture
def api(doctor) -> Client:
    return program(doctor)


@pytest.fixture
def problem() -> Callable[..., dict]:
    """Check that an answer is a problem document of that status and code, and return it."""

    def check(answer, status: int, code: str) -> dict:
        assert answer.headers["Content-Type"] == "application/problem+json"
        body = answer.json()
        assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
        assert body["title"]
        assert body["type"] == f"urn:medapp:problem:{code}"
        return body

    return check
