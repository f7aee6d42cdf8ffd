"""Departments come and go as a table in the admin panel."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from medapp.accounts.actions import Role
from medapp.accounts.models import Department
from medapp.audit.models import Event
from tests.factories import accounts

pytestmark = pytest.mark.django_db
IMPORT = "/admin/accounts/department/import/"


def _table(text: str) -> dict[str, object]:
    return {"import_file": SimpleUploadedFile("d.csv", text.encode()), "format": "0", "resource": ""}


def test_import_when_previewed_and_confirmed_then_rows_are_there_and_audited(client):
    client.force_login(accounts.user(Role.ADMINISTRATOR))

    preview = client.post(IMPORT, _table("code,name_zh,name_en\nent,耳鼻喉科,ENT\n"))
    form = preview.context["confirm_form"]
    client.post("/admin/accounts/department/process_import/", form.initial)

    assert Department.objects.get(code="ent").name_zh == "耳鼻喉科"
    assert Event.objects.filter(action="user.manage", detail__imported="departments").count() == 1


@pytest.mark.parametrize("role", [Role.DATA_MANAGER, Role.PRIVACY_OFFICER])
def test_import_when_role_may_not_manage_users_then_refused(client, role):
    client.force_login(accounts.user(role))

    assert client.get(IMPORT).status_code == 404
