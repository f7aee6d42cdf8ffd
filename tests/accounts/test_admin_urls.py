"""Every page of the admin panel as every role: what a model's admin names as its action is what the policy is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db.models import Model
from django.urls import get_resolver, reverse

from consult.models import Source
from diagnosis.models import BatchRun, Cohort
from imaging.models import UploadFile
from medapp.accounts.actions import POLICY, Action, Role
from medapp.accounts.models import Department, User
from medapp.accounts.policy_admin import PolicyAdmin
from medapp.audit.models import Event
from medapp.jobs.models import Job, WorkerHeartbeat
from medapp.records.models import ImportRun, Patient
from medapp.registry.models import ModelVersion
from tests.accounts.subjects import MAKERS
from tests.factories import accounts, conversations

pytestmark = pytest.mark.django_db
get_resolver().url_patterns  # noqa: B018 - the URLconf closes tables of the panel
MODELS = dict(admin.site._registry)
OURS = {model: site for model, site in MODELS.items() if isinstance(site, PolicyAdmin)}
PAGES = {"changelist": "view_action", "add": "add_action", "change": "view_action", "history": "view_action",
         "delete": "delete_action"}  # fmt: skip


def row(model: type[Model], by: User) -> Model | None:
    if model in (BatchRun, Job, ModelVersion, UploadFile):
        return MAKERS[model](None, by)
    made = {
        Cohort: lambda: Cohort.objects.create(name="all"),
        Department: accounts.department,
        User: lambda: by,
        Patient: accounts.patient,
        Source: lambda: conversations.article().source,
    }
    return made[model]() if model in made else None


def address(model: type[Model], page: str, pk: object) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[] if page in ("changelist", "add") else [pk])


def cells(role: Role, by: User) -> Iterator[tuple[str, bool]]:
    for model, site in OURS.items():
        made = row(model, by)
        for page, attribute in PAGES.items():
            if made is None and page not in ("changelist", "add"):
                continue  # ImportRun has pages of its own and a test of them
            action = getattr(site, attribute)
            may_open = Action.ADMIN_SITE in POLICY[role] and Action.PUBLIC is not action
            yield address(model, page, made and made.pk), may_open and action in POLICY[role]


def complaint(answer: Any, is_allowed: bool) -> bool:
    """Django sends whoever asks for the history of a row that is not there for him back to the panel's start."""
    if is_allowed:
        return answer.status_code != 200
    return answer.status_code != 404 and (answer.status_code, answer.headers.get("Location")) != (
        302,
        "/admin/",
    )


def test_panel_holds_the_models_that_are_meant_for_it():
    unknown = {model.__name__ for model in OURS} - {
        "BatchRun", "Cohort", "Department", "ImportRun", "Job", "ModelVersion", "Patient", "Source", "UploadFile",
        "User", "WorkerHeartbeat",
    }  # fmt: skip

    assert unknown == set(), "say here that this model may stand in the panel, and give it a row above"
    assert {ImportRun, WorkerHeartbeat} <= set(OURS)


@pytest.mark.parametrize("role", list(Role))
def test_page_of_the_panel_opens_as_the_policy_table_says(role, client):
    visitor = accounts.user(role)
    client.force_login(visitor)
    client.raise_request_exception = False
    wrong, count = [], 0

    for url, is_allowed in cells(role, visitor):
        answer = client.get(url)
        count += 1
        if complaint(answer, is_allowed):
            wrong.append(f"{url}: {answer.status_code}, {'allowed' if is_allowed else 'refused'}")

    assert count > 40
    assert wrong == []


@pytest.mark.parametrize("role", [role for role in Role if Action.ADMIN_SITE in POLICY[role]])
def test_tables_of_other_packages_are_for_no_role(role, client):
    client.force_login(accounts.user(role))

    foreign = [model for model in MODELS if model not in OURS]
    statuses = {client.get(address(model, "changelist", None)).status_code for model in foreign}

    assert len(foreign) > 3
    assert statuses == {404}


def test_first_administrator_comes_from_the_shell_and_reads_no_secrets(client):
    call_command("createsuperuser", "--no-input", username="first", email="")
    first = User.objects.get(username="first")
    client.force_login(first)

    statuses = [
        client.get(f"/admin/{path}/").status_code for path in ("authtoken/tokenproxy", "mfa/authenticator")
    ]

    assert (first.role, first.is_staff) == (Role.ADMINISTRATOR, True)
    assert client.get("/admin/accounts/user/").status_code == 200
    assert statuses == [404, 404]


def test_refusal_by_the_panel_is_accounted_for(client):
    officer = accounts.user(Role.PRIVACY_OFFICER)
    client.force_login(officer)

    client.get("/admin/accounts/user/")

    event = Event.objects.get(action=Action.ADMIN_SITE, outcome="refused")
    assert (event.actor_id, event.detail) == (str(officer.pk), {"path": "/admin/accounts/user/"})


@pytest.mark.parametrize(
    "path", ["", "jobs/job/", "records/importrun/add/", "axes/accessattempt/", "nowhere/"]
)
def test_nobody_is_asked_to_sign_in_before_the_panel(client, path):
    answer = client.get(f"/admin/{path}")

    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")
