"""One's own account: what the role may do, language, theme, second factor, API token."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from rest_framework.authtoken.models import Token

from medapp.accounts.actions import POLICY, Role
from medapp.accounts.presenters import SCOPE_WORDS
from medapp.accounts.services import renew_api_token, revoke_api_token


def profile(request: HttpRequest) -> HttpResponse:

    user: Any = request.user
    policy = POLICY[Role(user.role)]
    has_token = Token.objects.filter(user=user).exists()
    permissions = [(action, SCOPE_WORDS[scope]) for action, scope in sorted(policy.items())]
    return render(request, "account/profile.html", {"permissions": permissions, "has_token": has_token})


def token(request: HttpRequest) -> HttpResponse:
    """POST makes a new token, shown once, or ends the old one."""
    if request.method != "POST":
        return redirect("profile")
    if "revoke" in request.POST:
        revoke_api_token(user=request.user, request=request)
        return redirect("profile")
    key = renew_api_token(user=request.user, request=request)
    return render(request, "account/token.html", {"token": key})
