import csv
import io

import pytest
from django.db import connection
from django.urls import reverse

from medapp.accounts.actions import Role
from medapp.accounts.models import BreakGlass
from medapp.accounts.services import open_break_glass
from medapp.audit import triggers
from medapp.audit.models import Event
from medapp.audit.services import record
from tests.records.accountability.conftest import person

pytestmark = pytest.mark.django_db


def page(client, name, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_officer_finds_a_patient_and_sees_everything_that_was_done(desk, patient, trail):
    found = page(desk, "accountability", patient="zhang")
    assert reverse("accountability-patient", args=[patient.pk]) in found

    shown = page(desk, "accountability-patient", patient.pk)
    for words in (
        "Li Na",
        "Chart read",
        "3 times",
        "Image read",
        "AI suggestion decided",
        "refused",
        "care team",
    ):
        assert words in shown
    for event in trail:
        assert event.hash[:16] in shown


def test_reading_the_trail_is_in_the_trail(desk, officer, patient):
    page(desk, "accountability-patient", patient.pk)

    assert "Audit trail read" in page(desk, "accountability-patient", patient.pk)
    assert Event.objects.filter(actor_id=str(officer.pk), patient_id=patient.pk).count() == 2


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"outcome": "refused"}, ["chart.read"]),
        ({"action": "image.read"}, ["image.read"]),
        ({"actor": "Li", "action": "suggestion.decide"}, ["suggestion.decide"]),
        ({"since": "2001-01-01", "until": "2001-12-31"}, []),
    ],
)
def test_trail_is_filtered_by_who_what_outcome_and_when(desk, patient, trail, query, actions):
    response = desk.get(reverse("accountability-patient", args=[patient.pk]), query)

    assert [group.latest.event.action for group in response.context["groups"]] == actions


def test_filter_that_makes_no_sense_says_so(desk, patient, trail):
    assert "Enter a valid date." in page(desk, "accountability-patient", patient.pk, since="yesterday")


def test_trail_of_a_patient_comes_as_csv_without_formulas(desk, patient, doctor):
    record(action="chart.read", by=doctor, patient_id=patient.pk, outcome="allowed", reason="=HYPERLINK(1)")

    text = page(desk, "accountability-patient-csv", patient.pk)

    head, row = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    cells = dict(zip(head, row, strict=True))
    assert (cells["Who"], cells["What"], cells["Patient number"]) == ("Li Na", "Chart read", "M0001")
    assert cells["Why"] == "'=HYPERLINK(1)"
    assert Event.objects.last().detail["exported"] == 1


def test_whole_trail_is_shown_and_exported(desk, officer, trail):
    assert "Sign-in" in page(desk, "accountability-log")
    assert "Zhang Wei" in page(desk, "accountability-log", action="image.read")
    assert "image.read" in page(desk, "accountability-log-csv")


def test_log_of_many_events_comes_in_pages(desk, doctor, patient):
    for number in range(230):
        record(action="note.write", by=doctor, patient_id=patient.pk, detail={"n": number})

    assert "101–200 of 230" in page(desk, "accountability-patient", patient.pk, page=2, action="note.write")


def test_opening_is_reviewed_once(desk, officer, doctor, patient):
    glass = open_break_glass(by=doctor, patient=patient, reason="unconscious")
    assert "unconscious" in page(desk, "accountability")
    assert "Break-glass access opened" in page(desk, "break-glass-review", glass.pk)

    answer = desk.post(reverse("break-glass-review", args=[glass.pk]), {"finding": "justified"})

    assert answer.status_code == 302
    glass.refresh_from_db()
    assert (glass.finding, glass.reviewed_by) == ("justified", officer)
    again = desk.post(reverse("break-glass-review", args=[glass.pk]), {"finding": "unjustified"})
    assert again.status_code == 409


def test_review_without_a_finding_is_asked_for_again(desk, doctor, patient):
    glass = open_break_glass(by=doctor, patient=patient, reason="unconscious")

    answer = desk.post(reverse("break-glass-review", args=[glass.pk]), {})

    assert "This field is required." in answer.content.decode()
    assert BreakGlass.objects.filter(reviewed_at__isnull=True).exists()


def test_button_verifies_the_chain(desk, trail):
    answer = desk.post(reverse("accountability-verify"), follow=True)

    assert "events stand as they were written" in answer.content.decode()


def test_button_names_the_broken_event(desk, trail):
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET action = 'x' WHERE sequence = 2")
    triggers.install(connection)

    answer = desk.post(reverse("accountability-verify"), follow=True)

    assert "Event 2 was changed after it was written." in answer.content.decode()
    assert Event.objects.filter(outcome="failed", detail__broken="changed").exists()


PAGES = ["accountability", "accountability-log", "accountability-log-csv"]
OUTSIDERS = [Role.DOCTOR, Role.NURSE, Role.DATA_MANAGER, Role.RESEARCHER, Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", OUTSIDERS)
@pytest.mark.parametrize("name", PAGES)
def test_nobody_else_reads_the_trail(client, role, name):
    client.force_login(person(role, "outsider"))

    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_else_reads_a_patients_trail(client, role, patient):
    client.force_login(person(role, "outsider"))

    assert client.get(reverse("accountability-patient", args=[patient.pk])).status_code == 404
    assert Event.objects.last().outcome == "refused"


def test_verification_is_not_a_link(desk):
    assert desk.get(reverse("accountability-verify")).status_code == 405


def test_page_speaks_chinese(desk, officer, patient, trail):
    officer.language = "zh-hans"
    officer.save()

    shown = page(desk, "accountability-patient", patient.pk)

    for words in ("谁看过这份病历", "阅读病历", "阅读影像", "被拒绝"):
        assert words in shown
