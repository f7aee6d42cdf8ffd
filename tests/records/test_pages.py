"""Every page inside a patient, as owner, nurse, colleague, stranger and anonymously: one status each."""

import pytest
from django.test import Client
from django.urls import reverse

from medapp.audit.models import Event
from tests.factories import records

READ = ("chart", "timeline", "observations", "notes")
DOCTORS_ONLY = (
    "patient-edit",
    "care-team",
    "condition-new",
    "medication-new",
    "allergy-new",
    "encounter-new",
    "attachment-new",
)
WITH_NURSES = ("note-new", "observation-new")
ALL = READ + DOCTORS_ONLY + WITH_NURSES


def opened(client: Client, user, name: str, key) -> int:
    if user is not None:
        client.force_login(user)
    return client.get(reverse(name, args=[key])).status_code


@pytest.mark.parametrize("name", ALL)
def test_page_when_owner_then_shown(client, owner, patient, name):
    assert opened(client, owner, name, patient.pk) == 200


@pytest.mark.parametrize("name", READ + WITH_NURSES)
def test_page_when_nurse_of_the_department_then_shown(client, nurse, patient, name):
    assert opened(client, nurse, name, patient.pk) == 200


@pytest.mark.parametrize("name", DOCTORS_ONLY)
def test_doctors_page_when_nurse_then_not_found(client, nurse, patient, name):
    assert opened(client, nurse, name, patient.pk) == 404


@pytest.mark.parametrize("name", ALL)
def test_page_when_colleague_outside_the_team_then_not_found(client, colleague, patient, name):
    assert opened(client, colleague, name, patient.pk) == 404


@pytest.mark.parametrize("name", ALL)
def test_page_when_data_manager_then_not_found(client, manager, patient, name):
    assert opened(client, manager, name, patient.pk) == 404


@pytest.mark.parametrize("name", ALL)
def test_page_when_nobody_is_signed_in_then_sent_to_login(client, patient, name):
    assert opened(client, None, name, patient.pk) == 302


def test_chart_when_read_then_leaves_an_event_with_its_basis(client, owner, patient):
    opened(client, owner, "chart", patient.pk)
    event = Event.objects.get(action="chart.read", patient_id=patient.pk)
    assert (event.outcome, event.detail["basis"], event.actor_id) == ("allowed", "care-team", str(owner.pk))


def test_chart_when_refused_then_leaves_an_event(client, colleague, patient):
    opened(client, colleague, "chart", patient.pk)
    assert Event.objects.get(action="chart.read", patient_id=patient.pk).outcome == "refused"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_chart_when_full_then_shows_every_part(client, owner, patient, language):
    owner.language = language
    owner.save()
    records.condition(patient, owner)
    records.medication(patient, owner)
    records.allergy(patient, owner)
    records.encounter(patient, owner)
    records.observation(patient, owner, value="130")
    records.observation(patient, owner, code="718-7", value="141")
    records.note(patient, owner, text="夜间咳嗽加重")
    client.force_login(owner)
    page = client.get(reverse("chart", args=[patient.pk])).content.decode()
    for words in ("J18.9", "阿莫西林", "青霉素", "夜间咳嗽加重", "130"):
        assert words in page


def test_chart_when_empty_then_says_so(client, owner, patient):
    client.force_login(owner)
    page = client.get(reverse("chart", args=[patient.pk])).content.decode()
    assert "No active problems recorded." in page
    assert "Nothing measured yet." in page


def test_chart_when_text_holds_markup_then_escaped(client, owner, patient):
    records.condition(patient, owner, display="<script>alert(1)</script>", code="")
    client.force_login(owner)
    page = client.get(reverse("chart", args=[patient.pk])).content.decode()
    assert "<script>alert(1)" not in page
