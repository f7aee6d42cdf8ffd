"""The base of every API view: the rule beside the URL decides here as it does for pages."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.urls import URLPattern, path
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.accounts.routes import AccessRule, enforce


class PolicyAPIView(GenericAPIView[Any]):
    """DRF view whose ``subject`` was fetched under the URL's rule, and whose lists pass the same policy."""

    access_rule: ClassVar[AccessRule] = AccessRule(Action.ADMIN_SITE)  # guard_api gives the real one
    subject: Model | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        self.subject = enforce(request, self.access_rule, dict(kwargs))

    def visible(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of ``queryset`` that the caller may see under this URL's action."""
        return visible_to(self.request.user, self.access_rule.action, queryset)


def guard_api(
    pattern: str,
    view: type[PolicyAPIView],
    *,
    action: Action,
    name: str,
    write: Action | None = None,
    subject: type[Model] | None = None,
) -> URLPattern:
    """Return an API URL with its access rule; see ``medapp.accounts.routes.guard``."""
    rule = AccessRule(action, write, subject)
    callback = view.as_view(access_rule=rule)
    callback.access_rule = rule  # type: ignore[attr-defined]
    return path(pattern, callback, name=name)
