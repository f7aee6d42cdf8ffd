"""Signing in, being locked out, being signed out."""

import time

import pytest
from django.urls import reverse

from medapp.audit.models import Event
from tests.factories import accounts

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def _sign_in(client, name, password):
    return client.post(LOGIN, {"login": name, "password": password})


def test_login_when_right_then_worklist_and_event(client):
    doctor = accounts.user()

    answer = _sign_in(client, doctor.username, accounts.PASSWORD)

    assert answer.url == reverse("worklist")
    assert Event.objects.filter(action="account.login", outcome="done", actor_id=str(doctor.pk)).count() == 1


def test_login_when_wrong_then_event_without_the_typed_name(client):
    _sign_in(client, "my-secret-password", "x")

    event = Event.objects.get(action="account.login", outcome="refused")
    assert "my-secret-password" not in str(event.__dict__)


def test_login_when_wrong_too_often_then_right_password_is_locked_out(client, settings):
    settings.AXES_FAILURE_LIMIT = 3
    doctor = accounts.user()
    for _attempt in range(3):
        _sign_in(client, doctor.username, "wrong")

    answer = _sign_in(client, doctor.username, accounts.PASSWORD)

    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session


def test_session_when_idle_too_long_then_signed_out(client, settings):
    client.force_login(accounts.user())
    client.get(reverse("profile"))
    session = client.session
    session["seen_at"] = time.time() - settings.IDLE_LOGOUT_SECONDS - 1
    session.save()

    answer = client.get(reverse("profile"))

    assert answer.status_code == 302
    assert LOGIN in answer.url


@pytest.mark.parametrize("place", ["signup/", "password/reset/", "email/"])
def test_page_for_what_an_administrator_does_is_closed(client, place):
    client.force_login(accounts.user())

    answers = [
        client.get(f"/account/{place}"),
        client.post(f"/account/{place}", {"username": "intruder", "email": "a@b.de"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not accounts.User.objects.filter(username="intruder").exists()
