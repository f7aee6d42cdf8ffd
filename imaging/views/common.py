"""What the department's pages share."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from medapp.audit.services import record
from medapp.errors import NotFoundError
from medapp.records.views.common import page_of, user_of

__all__ = ["found_in", "page_of", "user_of", "wants_json"]

M = TypeVar("M", bound=Model)


def found_in(request: HttpRequest, action: str, visible: QuerySet[M], pk: UUID) -> M:
    """The visible row; a missing and a forbidden one give the same NotFoundError, both audited."""
    row = visible.filter(pk=pk).first()
    if row is None:
        detail = {"object": visible.model._meta.label, "id": str(pk)}
        record(action=action, by=user_of(request), outcome="refused", detail=detail, request=request)
        raise NotFoundError
    return row


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
