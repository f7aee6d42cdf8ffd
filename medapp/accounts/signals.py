"""Sign-in, sign-out and failed attempts leave audit events."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from medapp.audit.services import record


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="audit-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit-signed-out")
    user_login_failed.connect(_refused, dispatch_uid="audit-login-refused")


def _signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    record(action="account.login", by=user, request=request)


def _signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record(action="account.logout", by=user, request=request)


def _refused(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    # The name that was typed may be a password typed into the wrong field: it is not kept.
    record(action="account.login", by=None, outcome="refused", request=request)
