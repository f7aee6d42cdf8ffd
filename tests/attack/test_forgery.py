"""Requests that another site makes a signed-in browser send."""

import pytest
from django.conf import settings
from django.urls import reverse

from medapp.accounts.actions import Action
from tests.accounts.test_every_url import FILLERS, PAGES
from tests.attack.conftest import signed_in
from tests.factories import accounts

OURS = [page for page in PAGES if page.rule.action is not Action.API_DOCS]
ZERO = "00000000-0000-0000-0000-000000000000"
ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example",
             "\thttps://evil.example", "https:evil.example", "/\r\nSet-Cookie: a=b")  # fmt: skip


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_post_without_the_token_is_refused(doctor, page):
    browser = signed_in(doctor, enforce_csrf_checks=True)

    answer = browser.post(page.address(ZERO), {"anything": FILLERS["str"]})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/logout/", "/account/2fa/totp/activate/", "/admin/logout/"]
)
def test_post_to_a_third_partys_page_without_the_token_is_refused(db, path):
    browser = signed_in(accounts.user("administrator"), enforce_csrf_checks=True)

    assert browser.post(path, {}).status_code == 403


def test_refusal_of_a_forged_form_says_what_to_do_in_both_languages(doctor):
    browser = signed_in(doctor, enforce_csrf_checks=True)
    english = browser.post(reverse("patient-new"), {}).content.decode()
    doctor.language = "zh-hans"
    doctor.save()

    chinese = browser.post(reverse("patient-new"), {}).content.decode()

    assert "This form is too old or did not come from this site." in english
    assert "表单" in chinese


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("name", ["set_language", "set_theme"])
def test_switch_leads_nowhere_else(browser, name, target):
    fields = {"language": "en", "theme": "dark", "next": target}

    answers = [browser.post(reverse(name), fields), browser.post(reverse(name), headers={"referer": target})]

    assert [one.url for one in answers if not one.url.startswith("/") or one.url.startswith("//")] == []
    assert [one for one in answers if "evil" in one.url or "a=b" in str(one.cookies)] == []


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("path", [settings.LOGIN_URL, "account_logout", "account_reauthenticate"])
def test_sign_in_leads_nowhere_else(client, db, path, target):
    doctor = accounts.user()
    if path != settings.LOGIN_URL:
        client.force_login(doctor)
    fields = {"login": doctor.username, "password": accounts.PASSWORD}

    answer = client.post(reverse(path), {**fields, "next": target}, query_params={"next": target})

    assert "evil" not in answer.headers.get("Location", "")


def test_sign_in_leads_back_to_where_one_wanted_to_go(client, db):
    doctor = accounts.user()
    fields = {"login": doctor.username, "password": accounts.PASSWORD, "next": "/models/"}

    assert client.post("/account/login/", fields).url == "/models/"
