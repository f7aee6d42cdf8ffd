"""What every request passes: language, idle log-off, security headers, and refusals turned into answers."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from medapp.errors import MedappError
from medapp.http.pages import bad_request, error_response

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
# The admin theme is built on Alpine, which compiles expressions and sets inline styles (docs/decisions/0003).
ADMIN_POLICY = POLICY | {
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}


class LanguageMiddleware:
    """The user's own language first, then the cookie, then what the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or translation.get_language_from_request(request)
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class IdleLogoutMiddleware:
    """Sign a user out after a while without a click. Event streams end with the session, but are not clicks."""

    KEY = "seen_at"
    RESOLUTION_SECONDS = 30

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._note(request, is_click=request.headers.get("Accept", "") != "text/event-stream")
        return self.get_response(request)

    def _note(self, request: HttpRequest, is_click: bool) -> None:
        now = time.time()
        seen = request.session.get(self.KEY, now)
        if now - seen > settings.IDLE_LOGOUT_SECONDS:
            logout(request)
            messages.info(request, _("You were signed out after a while without activity."))
        elif not is_click:
            return
        elif self.KEY not in request.session or now - seen > self.RESOLUTION_SECONDS:
            request.session[self.KEY] = now


class PlainAddressMiddleware:
    """Refuse a NUL character in an address: no page of ours writes one, and PostgreSQL stores none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """A strict Content-Security-Policy, and no caching of pages that hold patient data."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path.startswith("/admin/") else POLICY
        response.headers.setdefault(
            "Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in policy.items())
        )
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class RefusalMiddleware:
    """Turn a named refusal into a page or a problem document; anything else is Django's to report."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MedappError):
            return None
        logger.info(
            "refused %s with %s", request.resolver_match and request.resolver_match.view_name, exception.code
        )
        return error_response(request, exception)
