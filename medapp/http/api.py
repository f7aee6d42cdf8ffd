"""The base of every API view: the rule beside the URL decides here as it does for pages."""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import URLPattern, path
from django_filters import rest_framework as filters
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from medapp.accounts.access import patient_of, visible_to
from medapp.accounts.actions import Action
from medapp.accounts.routes import AccessRule, enforce
from medapp.audit.services import record


class OfPatient(filters.FilterSet):
    """``?patient=`` by id. A patient that one may not see and one that does not exist give the same empty list."""

    patient = filters.UUIDFilter(field_name="patient_id")


class PolicyMixin(APIView):
    """DRF view whose ``subject`` was fetched under the URL's rule."""

    access_rule: ClassVar[AccessRule] = AccessRule(Action.ADMIN_SITE)  # guard_api gives the real one
    subject: Model | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        request.patient = None  # type: ignore[attr-defined]
        self.subject = enforce(request, self.access_rule, dict(kwargs))


class PolicyAPIView(PolicyMixin, GenericAPIView[Any]):
    """The same for views of rows, whose lists pass the same policy and leave an event for each patient in them."""

    def visible(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of ``queryset`` that the caller may see under this URL's action."""
        return visible_to(self.request.user, self.access_rule.action, queryset)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self._account_for(page or [])
        return page

    @transaction.atomic
    def _account_for(self, rows: Iterable[Model]) -> None:
        patients = {patient.pk for patient in map(patient_of, rows) if patient is not None}
        for patient_id in sorted(patients):
            record(
                action=self.access_rule.action,
                by=self.request.user,
                patient_id=patient_id,
                outcome="allowed",
                detail={"listed": True},
                request=self.request._request,
            )


class PolicyView(Protocol):
    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any: ...


def guard_api(
    pattern: str,
    view: PolicyView,
    *,
    action: Action,
    name: str,
    write: Action | None = None,
    subject: type[Model] | None = None,
) -> URLPattern:
    """Return an API URL with its access rule; see ``medapp.accounts.routes.guard``."""
    rule = AccessRule(action, write, subject)
    callback = view.as_view(access_rule=rule)
    callback.access_rule = rule
    return path(pattern, callback, name=name)
