"""People and who cares for whom."""

from datetime import date
from itertools import count
from typing import Any

from medapp.accounts.actions import Role
from medapp.accounts.models import CareTeamMember, Department, User
from medapp.records.models import Patient

PASSWORD = "correct-horse-battery"
_numbers = count(1)


def user(role: str = Role.DOCTOR, **fields: Any) -> User:
    """An account of the role, reading English unless said otherwise."""
    name = fields.pop("username", f"{role}-{next(_numbers)}")
    made = User(username=name, role=role, language=fields.pop("language", "en"), **fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def department(code: str = "paediatrics") -> Department:
    return Department.objects.get_or_create(
        code=code, defaults={"name_zh": "儿科", "name_en": "Paediatrics"}
    )[0]


def patient(team: list[User] | None = None, **fields: Any) -> Patient:
    """A patient; ``team`` are the users who care for them."""
    number = next(_numbers)
    creator = fields.pop("created_by", None) or (team[0] if team else user(Role.ADMINISTRATOR))
    defaults = {"mrn": f"T{number:05}", "name_zh": "王小明", "name_latin": "Wang Xiaoming", "sex": "male"}
    fields.setdefault("birth_date", date(2023, 4, 5))
    made = Patient.objects.create(**(defaults | fields), created_by=creator)
    for member in team or []:
        join(made, member)
    return made


def join(patient: Patient, member: User) -> CareTeamMember:
    return CareTeamMember.objects.create(patient=patient, user=member, added_by=member)
