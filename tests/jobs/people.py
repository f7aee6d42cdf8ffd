from medapp.accounts.actions import Role
from medapp.accounts.models import User


def person(username, role=Role.DOCTOR, language="en") -> User:
    return User.objects.create_user(username, password="x", role=role, language=language)
