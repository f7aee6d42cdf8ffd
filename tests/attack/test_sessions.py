"""Sessions: not chosen by somebody else, ended where they should be."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import accounts


def sign_in(browser, user, password=accounts.PASSWORD):
    return browser.post("/account/login/", {"login": user.username, "password": password})


def test_session_that_a_stranger_planted_is_not_the_one_signed_in(db):
    browser, doctor = Client(), accounts.user()
    browser.get("/account/login/")
    browser.cookies["sessionid"] = "planted" * 5
    token = browser.cookies["csrftoken"].value

    sign_in(browser, doctor)

    assert browser.cookies["sessionid"].value != "planted" * 5
    assert browser.cookies["csrftoken"].value != token


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(db):
    browser = Client()

    cookie = sign_in(browser, accounts.user()).cookies["sessionid"]

    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")


def test_copied_cookie_is_worth_nothing_after_signing_out(db):
    browser, thief = Client(), Client()
    sign_in(browser, accounts.user())
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value

    browser.post("/account/logout/")

    assert thief.get(reverse("profile")).status_code == 302


def test_account_that_is_switched_off_is_out_at_once(db):
    doctor, browser = accounts.user(), Client()
    sign_in(browser, doctor)
    doctor.is_active = False
    doctor.save()

    assert browser.get(reverse("profile")).status_code == 302


def test_other_sessions_end_with_a_new_password(db):
    doctor, browser, other = accounts.user(), Client(), Client()
    sign_in(browser, doctor)
    sign_in(other, doctor)
    words = {"oldpassword": accounts.PASSWORD, "password1": "staple-7-gun", "password2": "staple-7-gun"}

    assert browser.post("/account/password/change/", words).status_code == 302

    assert other.get(reverse("profile")).status_code == 302
    assert browser.get(reverse("profile")).status_code == 200


@pytest.mark.parametrize("accept", ["text/event-stream", "text/html, text/event-stream"])
def test_idle_session_is_over_for_whatever_is_asked(client, db, settings, accept):
    client.force_login(accounts.user())
    client.get(reverse("profile"))
    session = client.session
    session["seen_at"] = time.time() - settings.IDLE_LOGOUT_SECONDS - 1
    session.save()

    answer = client.get(reverse("profile"), headers={"accept": accept})

    assert answer.status_code in (302, 401)


def test_event_stream_does_not_keep_a_session_awake(client, db, settings):
    client.force_login(accounts.user())
    client.get(reverse("profile"))
    session = client.session
    session["seen_at"] = seen = time.time() - settings.IDLE_LOGOUT_SECONDS + 60
    session.save()

    client.get(reverse("profile"), headers={"accept": "text/event-stream"})

    assert client.session["seen_at"] == seen


def test_guessing_a_password_does_not_lock_out_from_another_address(db, settings):
    settings.AXES_FAILURE_LIMIT = 2
    doctor = accounts.user()
    for _attempt in range(3):
        sign_in(Client(REMOTE_ADDR="203.0.113.9"), doctor, "wrong")

    assert sign_in(Client(REMOTE_ADDR="198.51.100.7"), doctor).status_code == 302
