"""Reads of accounts."""

from medapp.accounts.actions import Role
from medapp.accounts.models import User
from medapp.errors import InvalidInputError

COMMAND_USER = "service.command"


def command_user(username: str | None = None) -> User:
    """Return the account in whose name a shell command acts: the one named, or the service account.

    Raises InvalidInputError where there is no account of that name.
    """
    if username:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise InvalidInputError(reason=f"no active account “{username}”")
        return user
    user, is_new = User.objects.get_or_create(
        username=COMMAND_USER, defaults={"role": Role.SERVICE, "display_name": "Command line"}
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
