"""Who may do what, and why."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from medapp.accounts.access import can, decide, fetch, visible_to
from medapp.accounts.actions import Action, Role
from medapp.accounts.models import CareTeamMember
from medapp.accounts.services import open_break_glass
from medapp.audit.models import Event
from medapp.errors import InvalidInputError, NotFoundError
from medapp.records.models import Patient
from tests.factories import accounts

pytestmark = pytest.mark.django_db


def test_chart_when_doctor_is_in_care_team_then_allowed_for_that_reason():
    doctor = accounts.user()
    patient = accounts.patient([doctor])

    verdict = decide(doctor, Action.CHART_READ, patient)

    assert (verdict.allowed, verdict.basis) == (True, "care-team")


def test_chart_when_doctor_is_a_stranger_then_refused_as_outside():
    verdict = decide(accounts.user(), Action.CHART_READ, accounts.patient())

    assert (verdict.allowed, verdict.basis) == (False, "outside")


def test_chart_when_membership_has_ended_then_refused():
    doctor = accounts.user()
    patient = accounts.patient([doctor])
    CareTeamMember.objects.update(until=timezone.now())

    assert not can(doctor, Action.CHART_READ, patient)


def test_chart_when_nurse_is_of_the_department_then_allowed():
    ward = accounts.department()
    nurse = accounts.user(Role.NURSE, department=ward)
    patient = accounts.patient(department=ward)

    assert decide(nurse, Action.CHART_READ, patient).basis == "department"


def test_chart_when_nurse_and_patient_have_no_department_then_refused():
    nurse = accounts.user(Role.NURSE, department=None)

    assert not can(nurse, Action.CHART_READ, accounts.patient(department=None))


@pytest.mark.parametrize(
    "role", [Role.DATA_MANAGER, Role.RESEARCHER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR]
)
def test_chart_when_role_is_not_clinical_then_refused(role):
    assert decide(accounts.user(role), Action.CHART_READ, accounts.patient()).basis == "no-permission"


def test_anything_when_nobody_is_signed_in_then_refused():
    assert decide(AnonymousUser(), Action.WORKLIST_VIEW).basis == "anonymous"


def test_anything_when_account_is_off_then_refused():
    doctor = accounts.user(is_active=False)

    assert decide(doctor, Action.WORKLIST_VIEW).basis == "inactive"


def test_list_and_single_answer_agree():
    doctor = accounts.user()
    own, foreign = accounts.patient([doctor]), accounts.patient()

    visible = list(visible_to(doctor, Action.CHART_READ, Patient.objects.all()))

    assert visible == [own]
    assert [can(doctor, Action.CHART_READ, p) for p in (own, foreign)] == [True, False]


def test_break_glass_when_opened_then_chart_is_readable_for_an_hour():
    doctor, patient = accounts.user(), accounts.patient()

    glass = open_break_glass(by=doctor, patient=patient, reason="unconscious in the emergency room")

    assert decide(doctor, Action.CHART_READ, patient).basis == "break-glass"
    glass.expires_at = timezone.now() - timedelta(seconds=1)
    glass.opened_at = glass.expires_at - timedelta(hours=1)
    glass.save()
    assert not can(doctor, Action.CHART_READ, patient)


def test_break_glass_when_open_then_it_opens_no_way_into_the_care_team():
    doctor, patient = accounts.user(), accounts.patient()
    open_break_glass(by=doctor, patient=patient, reason="unconscious in the emergency room")

    assert decide(doctor, Action.CARE_TEAM_MANAGE, patient).basis == "outside"
    assert not can(doctor, Action.CARE_TEAM_MANAGE, patient)


def test_break_glass_when_reason_says_nothing_then_refused():
    with pytest.raises(InvalidInputError):
        open_break_glass(by=accounts.user(), patient=accounts.patient(), reason=" x ")


def test_fetch_when_forbidden_and_when_missing_then_the_same_error():
    doctor, patient = accounts.user(), accounts.patient()
    charts = Patient.objects.all()

    for key in (patient.pk, "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFoundError):
            fetch(doctor, Action.CHART_READ, charts, pk=key)

    refused = Event.objects.filter(outcome="refused", action=Action.CHART_READ)
    assert [event.patient_id for event in refused.order_by("sequence")] == [patient.pk, None]


def test_staff_flag_follows_the_policy_table():
    assert accounts.user(Role.DATA_MANAGER, is_staff=False).is_staff
    assert not accounts.user(Role.DOCTOR, is_staff=True).is_staff
