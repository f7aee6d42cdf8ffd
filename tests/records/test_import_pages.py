import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from medapp.accounts.actions import Role
from medapp.records.models import ImportRun, Patient
from tests.factories import accounts

ADD = "/admin/records/importrun/add/"
GOOD = "病历号,姓名,性别,出生日期\nP1,李小龙,男,1980-03-05\nP2,坏,男,x\n"


def send(client, user, data: bytes = GOOD.encode(), kind: str = "patients"):
    client.force_login(user)
    return client.post(ADD, {"kind": kind, "file": SimpleUploadedFile("patients.csv", data)})


def test_import_when_a_file_is_sent_then_its_plan_is_shown(client, manager):
    response = send(client, manager)
    run = ImportRun.objects.get()
    assert response.headers["Location"] == f"/admin/records/importrun/{run.pk}/change/"
    page = client.get(response.headers["Location"]).content.decode()
    assert "李小龙" in page
    assert "is not a date" in page
    assert not Patient.objects.exists()


def test_import_when_applied_then_rows_are_written_and_reported(client, manager):
    send(client, manager)
    run = ImportRun.objects.get()
    client.post(reverse("admin:import_apply", args=[run.pk]))
    page = client.get(f"/admin/records/importrun/{run.pk}/change/").content.decode()
    assert Patient.objects.get().mrn == "P1"
    assert "1 rows imported, 0 were there already, 1 refused." in page


def test_import_when_applied_twice_then_refused(client, manager):
    send(client, manager)
    url = reverse("admin:import_apply", args=[ImportRun.objects.get().pk])
    client.post(url)
    assert client.post(url).status_code == 409


def test_import_when_discarded_then_nothing_is_written(client, manager):
    send(client, manager)
    run = ImportRun.objects.get()
    client.post(reverse("admin:import_discard", args=[run.pk]))
    run.refresh_from_db()
    assert (run.status, Patient.objects.count()) == ("discarded", 0)


def test_import_when_rows_were_refused_then_downloadable(client, manager):
    send(client, manager)
    response = client.get(reverse("admin:import_rejected", args=[ImportRun.objects.get().pk]))
    assert response.headers["Content-Type"].startswith("text/csv")
    assert "P2,坏,男,x,3" in response.content.decode("utf-8-sig")


@pytest.mark.parametrize(("data", "status"), [(b"", 400), (b"  \n", 400)])
def test_import_when_the_file_is_empty_then_said_so(client, manager, data, status):
    assert send(client, manager, data).status_code == status
    assert not ImportRun.objects.exists()


def test_import_when_columns_are_unknown_then_the_needed_ones_are_listed(client, manager):
    response = send(client, manager, b"a,b\n1,2\n")
    page = client.get(response.headers["Location"]).content.decode()
    assert "does not name the columns" in page
    assert "birth_date" in page


def test_template_when_asked_then_the_header(client, manager):
    client.force_login(manager)
    response = client.get(reverse("admin:import_template", args=["observations"]))
    assert response.content.decode("utf-8-sig").startswith("mrn,test,value")


def test_import_list_when_opened_then_shown(client, manager):
    send(client, manager)
    assert client.get("/admin/records/importrun/").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.PRIVACY_OFFICER, 404), (Role.ADMINISTRATOR, 404), (Role.DOCTOR, 404), (Role.NURSE, 404)],
)
def test_import_pages_when_role_imports_nothing_then_refused(client, manager, role, status):
    send(client, manager)
    run = ImportRun.objects.get()
    client.force_login(accounts.user(role, is_staff=True))
    for url in (
        f"/admin/records/importrun/{run.pk}/change/",
        reverse("admin:import_rejected", args=[run.pk]),
        reverse("admin:import_template", args=["patients"]),
    ):
        assert client.get(url).status_code == status
    assert client.post(reverse("admin:import_apply", args=[run.pk])).status_code == status


def test_import_start_when_role_imports_nothing_then_not_found(client, db):
    client.force_login(accounts.user(Role.PRIVACY_OFFICER, is_staff=True))
    assert client.get(ADD).status_code == 404


def test_patient_list_of_the_panel_when_data_manager_then_numbers_without_names(client, manager, patient):
    client.force_login(manager)
    page = client.get("/admin/records/patient/").content.decode()
    assert patient.mrn in page
    assert "张伟明" not in page


def test_patient_of_the_panel_when_data_manager_then_no_name_and_no_change(client, manager, patient):
    client.force_login(manager)
    url = f"/admin/records/patient/{patient.pk}/change/"
    page = client.get(url).content.decode()
    assert "张伟明" not in page
    assert client.post(url, {"mrn": "X"}).status_code == 404


def test_patient_of_the_panel_when_privacy_officer_then_not_found(client, patient):
    client.force_login(accounts.user(Role.PRIVACY_OFFICER, is_staff=True))
    assert client.get("/admin/records/patient/").status_code == 404
