from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from medapp.accounts.actions import Role
from medapp.accounts.models import User
from medapp.audit.chain import verify
from medapp.records.demo import CHILD_MRNS
from medapp.records.demo.load import DEMO_PASSWORD
from medapp.records.models import Condition, Note, Observation, Patient


@pytest.fixture
def clinic(db):
    words = StringIO()
    call_command("load_demo", "--only", "clinic", stdout=words)
    return words.getvalue()


def facts() -> tuple:
    values = Observation.objects.order_by("patient__mrn", "code", "observed_at").values_list(
        "value_number", flat=True
    )
    names = Patient.objects.order_by("mrn").values_list("mrn", "name_zh", "birth_date")
    return list(values), list(names)


def test_demo_when_loaded_then_forty_patients_with_years_of_record(clinic):
    assert Patient.objects.filter(is_demo=True).count() == 40
    assert Observation.objects.count() > 1500
    assert Condition.objects.exclude(code="").count() > 40
    assert Note.objects.filter(status="draft").exists()
    assert {role.value for role in Role} <= set(User.objects.values_list("role", flat=True))
    assert verify() is None


def test_demo_when_loaded_then_children_for_the_radiographs(clinic):
    ages = [patient.age_years for patient in Patient.objects.filter(mrn__in=CHILD_MRNS)]
    assert len(ages) == 12
    assert all(1 <= age <= 5 for age in ages)


def test_demo_when_loaded_again_then_nothing_changes(clinic):
    before = facts()
    call_command("load_demo", "--only", "clinic", stdout=StringIO())
    assert facts() == before


def test_demo_when_loaded_then_the_logins_are_printed_and_work(clinic, client):
    assert "doctor.li" in clinic
    assert DEMO_PASSWORD in clinic
    assert User.objects.get(username="doctor.li").check_password(DEMO_PASSWORD)


def test_demo_when_values_are_invented_then_possible_and_past(clinic):
    assert not Observation.objects.filter(observed_at__gt=timezone.now()).exists()
    assert not Note.objects.filter(updated_at__gt=timezone.now()).exists()
    assert not Observation.objects.filter(value_number__lt=0).exists()


def test_demo_when_the_clinic_is_real_then_refused(settings):
    settings.IS_DEMO = False
    with pytest.raises(CommandError):
        call_command("load_demo")
