"""Error pages, the language and theme switches."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.accounts.services import set_language, set_theme
from medapp.audit.services import record
from medapp.errors import (
    BrokenFormError,
    InvalidInputError,
    MedappError,
    NotFoundError,
    Permanent,
    TooLargeError,
)
from medapp.http import problem

YEAR_SECONDS = 365 * 24 * 3600


class ServerError(Permanent):
    code = "server-error"
    http_status = 500
    message = _("Something went wrong on our side. It has been noted.")
    hint = _("Try again; tell the administrator if it happens twice.")


def wants_document(request: HttpRequest) -> bool:
    """Tell whether a program asks: the API, or a caller that takes JSON and no HTML."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def error_response(request: HttpRequest, error: MedappError) -> HttpResponse:
    """Return the refusal as a problem document, an htmx fragment, or a whole page."""
    if wants_document(request):
        return problem.response(error)
    fragment = bool(request.headers.get("HX-Request"))
    template = "components/_error.html" if fragment else "error.html"
    return render(request, template, {"error": error}, status=error.http_status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, NotFoundError())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django's admin refuses reads like a missing page, and is accounted for like every refusal."""
    if request.user.is_authenticated:
        detail = {"path": request.path[:200]}
        record(action=Action.ADMIN_SITE, by=request.user, outcome="refused", detail=detail, request=request)
    return not_found(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
        return error_response(request, TooLargeError(limit=f"{megabytes} MiB"))
    return error_response(request, InvalidInputError(reason=_("the request is malformed")))


def server_error(request: HttpRequest) -> HttpResponse:
    return error_response(request, ServerError())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(request, BrokenFormError())


def choose_language(request: HttpRequest) -> HttpResponse:
    """POST ``language``; remembered in a cookie, and with the account where somebody is signed in."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax")
        if isinstance(request.user, User):
            set_language(user=request.user, language=language)
    return response


def choose_theme(request: HttpRequest) -> HttpResponse:
    """POST ``theme`` (system, light or dark); remembered like the language."""
    theme = request.POST.get("theme", "")
    response = _back(request)
    if theme in User.Theme.values:
        response.set_cookie("theme", theme, max_age=YEAR_SECONDS, samesite="Lax")
        if isinstance(request.user, User):
            set_theme(user=request.user, theme=theme)
    return response


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next") or request.headers.get("Referer") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    return HttpResponseRedirect(target)
