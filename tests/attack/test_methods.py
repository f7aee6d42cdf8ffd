"""No method is a way around the policy or the trail."""

import pytest
from django.urls import reverse

from consult.models import Conversation
from medapp.accounts.actions import Action, Role
from medapp.audit.models import Event
from medapp.records.models import Note
from tests.attack.conftest import signed_in
from tests.factories import accounts


def reads(patient, action=Action.CHART_READ):
    return Event.objects.filter(action=action, patient_id=patient.pk, outcome="allowed").count()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_page_when_asked_by_an_odd_method_then_nothing_is_shown(browser, patient, method):
    answer = getattr(browser, method)(reverse("chart", args=[patient.pk]))

    assert answer.status_code == 405
    assert patient.name_zh not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "head", "options", "post"])
def test_chart_when_shown_then_the_read_is_accounted_for_whatever_the_method(browser, patient, method):
    answer = getattr(browser, method)(reverse("chart", args=[patient.pk]))

    assert answer.status_code == 200
    assert reads(patient) == 1


def test_form_when_it_comes_back_with_errors_then_the_read_is_accounted_for(browser, patient):
    answer = browser.post(reverse("note-new", args=[patient.pk]), {"kind": "progress", "text": ""})

    assert answer.status_code == 400
    assert reads(patient, Action.NOTE_WRITE) == 1


def test_form_when_it_is_saved_then_the_service_alone_accounts_for_it(browser, patient):
    browser.post(reverse("note-new", args=[patient.pk]), {"kind": "progress", "text": "cough"})

    assert Note.objects.count() == 1
    assert reads(patient, Action.NOTE_WRITE) == 0
    assert Event.objects.filter(action="note.write", outcome="done", patient_id=patient.pk).count() == 1


def test_consultation_when_a_nurse_of_the_department_asks_for_one_then_refused(db):
    ward = accounts.department("ward")
    nurse, patient = accounts.user(Role.NURSE, department=ward), accounts.patient(department=ward)

    answer = signed_in(nurse).post(reverse("patient-consult", args=[patient.pk]))

    assert answer.status_code == 404
    assert not Conversation.objects.exists()
