"""Who may speak to the API, and how."""

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from tests.api.conftest import program
from tests.factories import accounts

PATIENTS = "/api/patients/"


def test_token_opens_the_api_without_a_session(api, patient):
    assert api.get(PATIENTS).json()["results"][0]["mrn"] == patient.mrn


def test_session_opens_the_api_too(doctor, patient):
    browser = Client()
    browser.force_login(doctor)

    assert browser.get(PATIENTS).status_code == 200


@pytest.mark.parametrize("header", [None, "Token nonsense", "Token", "Bearer x", "Token \x01"])
def test_without_a_valid_token_401_names_the_scheme(db, problem, header):
    answer = Client(headers={"authorization": header} if header else {}).get(PATIENTS)

    assert answer.headers["WWW-Authenticate"] == "Token"
    problem(answer, 401, answer.json()["code"])


def test_token_of_an_account_that_is_off_opens_nothing(api, doctor):
    doctor.is_active = False
    doctor.save()

    assert api.get(PATIENTS).status_code == 401


def test_renewed_token_ends_the_old_one(api, doctor):
    browser = Client()
    browser.force_login(doctor)

    page = browser.post(reverse("api-token"))

    assert Token.objects.get(user=doctor).key in page.content.decode()
    assert api.get(PATIENTS).status_code == 401


def test_session_without_csrf_token_changes_nothing(doctor, problem):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(doctor)

    problem(browser.post("/api/batch-runs/", {"model": "x"}), 403, "csrf")


def test_token_opens_the_api_and_no_page(api, patient):
    assert api.get(reverse("chart", args=[patient.pk])).status_code == 302


def test_service_account_without_a_chart_sees_none(db, problem):
    service = program(accounts.user("service"))

    problem(service.get(PATIENTS), 404, "not-found")
