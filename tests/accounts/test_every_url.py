"""Every URL as every role and as nobody, on own and foreign rows, by GET and by POST.

What must happen is read from the policy table by the few lines of ``may`` below, which share no code with
``accounts.access``: two readings of one table that must agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern

from medapp.accounts.actions import POLICY, Action, Role, Scope
from medapp.accounts.models import User
from medapp.accounts.routes import AccessRule
from medapp.records.models import Patient
from tests.accounts.subjects import MAKERS
from tests.accounts.test_routes import ALL
from tests.factories import accounts, diagnosis, imaging

pytestmark = pytest.mark.django_db
THIRD_PARTY = ("account/", "admin/")  # allauth speaks for itself; the panel has its own test
FILLERS = {"int": "0", "slug": "x", "str": "x"}
# A form that is complete as far as the policy is concerned; all else may be refused as invalid.
FORMS = {
    "batch": {"model": "chest-xray", "cohort": "x"},
    "api-batch-runs": {"model": "chest-xray", "cohort": "x"},
}
ALLOWED = {200, 201, 202, 204, 302, 303, 400, 405, 409, 413, 415, 422}


@dataclass(frozen=True)
class Place:
    """How the visitor stands to a row: whose patient it is about, and who brought it."""

    key: str
    cares: bool = False
    same_department: bool = False
    owns: bool = False
    has_patient: bool = True


OWN = Place("own", cares=True, owns=True)
FOREIGN = Place("foreign")
DEPARTMENT = Place("department", same_department=True)
BOUND = (OWN, FOREIGN, DEPARTMENT)
OWNED = (*BOUND, Place("colleague's", cares=True), Place("left team", owns=True))
LOOSE = (Place("own, no patient", owns=True, has_patient=False), Place("no patient", has_patient=False))


@dataclass(frozen=True)
class Page:
    """One named URL of ours."""

    place: str
    name: str
    rule: AccessRule
    is_api: bool

    def address(self, pk: Any) -> str:
        path, is_first = "/" + self.place, self.rule.subject is not None
        for converter in [part.split(">")[0] for part in self.place.split("<")[1:]]:
            filler = str(pk) if is_first else FILLERS[converter.split(":")[0]]
            path, is_first = path.replace(f"<{converter}>", filler), False
        return path


def pages() -> Iterator[Page]:
    for place, pattern in ALL:
        if isinstance(pattern, URLPattern) and not place.startswith(THIRD_PARTY):
            rule = pattern.callback.access_rule
            yield Page(place, pattern.name or "", rule, place.startswith("api/"))


PAGES = list(pages())
GUARDED = [page for page in PAGES if page.rule.action is not Action.PUBLIC]


def places_of(subject: type[Model] | None, scope: Scope | None) -> tuple[Place, ...]:
    if subject is None:
        return (OWN,)
    if scope is None:
        return (OWN, FOREIGN)
    is_owned, path = hasattr(subject, "OWNER_PATH"), getattr(subject, "PATIENT_PATH", None)
    if path is None:
        return OWNED if is_owned else (OWN,)
    first = path.split("__")[0]
    is_loose = bool(path) and is_owned and (first != "patient" or subject._meta.get_field("patient").null)
    return (OWNED if is_owned else BOUND) + (LOOSE if is_loose else ())


def may(role: Role, action: Action, subject: type[Model] | None, place: Place) -> bool:
    """Read the policy table for one cell."""
    scope = POLICY[role].get(action)
    if scope is None or scope is Scope.ANY or subject is None:
        return scope is not None
    about_patient = hasattr(subject, "PATIENT_PATH")
    if scope is Scope.OWN:
        is_mine = place.owns if hasattr(subject, "OWNER_PATH") else subject is Patient
        return is_mine and (place.cares or not about_patient or not place.has_patient)
    if not about_patient:
        return True
    if not place.has_patient:
        return place.owns
    return place.cares or (scope is Scope.DEPARTMENT and place.same_department)


@dataclass
class Clinic:
    """A visitor, an author who brings everything else, and rows made when they are first asked for."""

    visitor: User
    author: User
    rows: dict[Any, Model] = field(default_factory=dict)
    patients: dict[Any, Patient] = field(default_factory=dict)

    def row(self, subject: type[Model], place: Place) -> Model:
        if (subject, place) not in self.rows:
            patient = self.patient(place) if place.has_patient else None
            owner = self.visitor if place.owns and hasattr(subject, "OWNER_PATH") else self.author
            self.rows[subject, place] = MAKERS[subject](patient, owner)
        return self.rows[subject, place]

    def patient(self, place: Place) -> Patient:
        key = (place.cares, place.same_department)
        if key not in self.patients:
            team = [self.author, *([self.visitor] if place.cares else [])]
            department = self.visitor.department if place.same_department else None
            self.patients[key] = accounts.patient(team, department=department, birth_date=imaging.BIRTH_DATE)
        return self.patients[key]


def clinic(role: Role) -> Clinic:
    diagnosis.model_version()
    diagnosis.model_version("zh-department", "text-classification", digest="e" * 64)
    return Clinic(accounts.user(role, department=accounts.department("ward")), accounts.user())


def visit(client: Client, method: str, address: str, form: Any, accept: str) -> HttpResponseBase:
    """Ask, and undo what the answer changed."""
    send = client.get if method == "GET" else client.post
    with transaction.atomic():
        answer = send(address, form or {}, headers={"accept": accept})
        transaction.set_rollback(True)
    return answer


def complaint(answer: Any, is_allowed: bool) -> str:
    if is_allowed:
        return "" if answer.status_code in ALLOWED else f"allowed, but {answer.status_code}"
    if answer.status_code != 404:
        return f"refused, but {answer.status_code}"
    return "" if answer.json()["code"] == "not-found" else "refused, but in words of its own"


def cells(role: Role, here: Clinic) -> Iterator[tuple[Page, Place, str, bool]]:
    for page in GUARDED:
        subject = page.rule.subject
        for place in places_of(subject, POLICY[role].get(page.rule.action)):
            for method in ("GET", "POST"):
                yield page, place, method, may(role, page.rule.action_for(method), subject, place)


def test_every_subject_has_a_maker():
    subjects = {page.rule.subject for page in PAGES} - {None}

    missing = sorted(subject.__name__ for subject in subjects if subject not in MAKERS)

    assert missing == [], "add a maker to tests/accounts/subjects.py for each of these models"
    assert len(subjects) > 15


@pytest.mark.parametrize("role", list(Role))
def test_every_url_answers_as_the_policy_table_says(role, client, monkeypatch):
    monkeypatch.setattr("diagnosis.reports.html_to_pdf", lambda *words, **named: b"%PDF-")
    here = clinic(role)
    client.force_login(here.visitor)
    client.raise_request_exception = False
    wrong, count = [], 0

    for page, place, method, is_allowed in cells(role, here):
        pk = here.row(page.rule.subject, place).pk if page.rule.subject else None
        # A refusal as a problem document takes a tenth of the time of a page; the pages have a test below.
        accept = "*/*" if is_allowed else "application/json"
        answer = visit(client, method, page.address(pk), FORMS.get(page.name), accept)
        words = complaint(answer, is_allowed)
        count += 1
        if words:
            wrong.append(f"{method} {page.name} on {place.key}: {words}")

    assert count > 200
    assert wrong == []


@pytest.mark.parametrize("page", GUARDED, ids=[page.name for page in GUARDED])
def test_nobody_is_asked_to_sign_in(page, client):
    address = page.address(uuid4())

    answers = [client.get(address), client.post(address)]

    assert {answer.status_code for answer in answers} == {401 if page.is_api else 302}
    if page.is_api:
        assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    else:
        assert all(answer.url.startswith("/account/login/?next=/") for answer in answers)


@pytest.mark.parametrize("name", ["chart", "study", "api-patient", "conversation"])
def test_forbidden_and_missing_read_the_same(name, client):
    page = next(page for page in PAGES if page.name == name)
    here = clinic(Role.DOCTOR)
    client.force_login(here.visitor)
    forbidden = page.address(here.row(page.rule.subject, FOREIGN).pk)
    missing = page.address(uuid4())

    texts = []
    for address in (forbidden, missing):
        answer = client.get(address)
        assert answer.status_code == 404
        token = str(answer.context["csrf_token"]) if answer.context else "-"
        texts.append(answer.content.decode().replace(token, "").replace(address, ""))

    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p.rule.action is Action.PUBLIC], ids=lambda page: page.name
)
def test_public_pages_answer_everybody(page, client, monkeypatch):
    monkeypatch.setattr("medapp.plugs.health_checks", [])
    statuses = [client.get(page.address(None)).status_code]
    for role in Role:
        client.force_login(accounts.user(role))
        statuses.append(client.get(page.address(None)).status_code)

    assert set(statuses) <= {200, 302}
