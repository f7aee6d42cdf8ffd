"""Loading the demonstration clinic: idempotent, deterministic, one patient a transaction."""

from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import transaction

from medapp.accounts.actions import Role
from medapp.accounts.models import Department, User
from medapp.records.demo.history import Staff, write_history
from medapp.records.demo.roster import CASES, PLACES, STAFF, Case
from medapp.records.models import Patient

DEMO_PASSWORD = "medapp-demo-2026"  # noqa: S105 - printed at start; load_demo refuses outside a demonstration
SERVICE = "service"

Say = Callable[[str], None]


def load_clinic(say: Say) -> None:
    """Create departments, logins and patients that are not there yet."""
    people = load_staff()
    departments = {place.code: place for place in Department.objects.all()}
    known = set(Patient.objects.filter(is_demo=True).values_list("mrn", flat=True))
    missing = [case for case in CASES if case.mrn not in known]
    for number, case in enumerate(missing, 1):
        write_history(case, _staff_of(case, people), departments[case.department])
        if number % 10 == 0 or number == len(missing):
            say(f"patients {number}/{len(missing)}")


@transaction.atomic
def load_staff() -> dict[str, User]:
    """Return the people by user name; whoever exists keeps password and settings."""
    for place in PLACES:
        Department.objects.get_or_create(code=place.code, defaults={"name_zh": place.zh, "name_en": place.en})
    departments = {place.code: place for place in Department.objects.all()}
    missing = [person for person in STAFF if not User.objects.filter(username=person.username).exists()]
    password = make_password(DEMO_PASSWORD) if missing else ""
    for person in missing:
        is_admin = person.role is Role.ADMINISTRATOR
        User.objects.create(
            username=person.username,
            password=password,
            display_name=person.name,
            role=person.role,
            department=departments[person.department],
            language=person.language,
            is_staff=person.role in (Role.DATA_MANAGER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR),
            is_superuser=is_admin,
        )
    service, is_new = User.objects.get_or_create(
        username=SERVICE, defaults={"role": Role.SERVICE, "display_name": "medapp"}
    )
    if is_new:
        service.set_unusable_password()
        service.save(update_fields=["password"])
    return {user.username: user for user in User.objects.all()}


def _staff_of(case: Case, people: dict[str, User]) -> Staff:
    return Staff([people[f"doctor.{name}"] for name in case.doctors.split()], people[SERVICE])
