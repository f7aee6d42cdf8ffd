"""RFC 9457 problem documents for programs."""

from typing import Any

from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from medapp.errors import BrokenFormError, MedappError, NotFoundError, NotSignedInError

CONTENT_TYPE = "application/problem+json"


def document(error: MedappError) -> dict[str, Any]:
    """Return the problem document of a refusal, in the active language."""
    return {
        "type": f"urn:medapp:problem:{error.code}",
        "title": str(error),
        "status": error.http_status,
        "code": error.code,
        "detail": error.advice,
    }


def response(error: MedappError) -> JsonResponse:
    return JsonResponse(document(error), status=error.http_status, content_type=CONTENT_TYPE)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: every error of the API leaves as a problem document."""
    if isinstance(exc, exceptions.PermissionDenied) and str(exc.detail).startswith("CSRF"):
        exc = BrokenFormError()
    if isinstance(exc, Http404 | exceptions.NotFound | exceptions.PermissionDenied):
        exc = NotFoundError()
    if isinstance(exc, MedappError):
        return Response(document(exc), status=exc.http_status, content_type=CONTENT_TYPE)
    answer = drf_exception_handler(exc, context)
    if answer is None:
        return None
    is_anonymous = isinstance(exc, exceptions.NotAuthenticated)
    answer.data = document(NotSignedInError()) if is_anonymous else _from_drf(exc, answer)
    answer.content_type = CONTENT_TYPE
    return answer


def _from_drf(exc: Exception, answer: Response) -> dict[str, Any]:
    code = getattr(exc, "default_code", "error").replace("_", "-")
    problem: dict[str, Any] = {
        "type": f"urn:medapp:problem:{code}",
        "status": answer.status_code,
        "code": code,
    }
    if isinstance(exc, exceptions.ValidationError):
        return problem | {"title": str(exc.default_detail), "errors": answer.data}
    return problem | {"title": str(getattr(exc, "detail", ""))}
