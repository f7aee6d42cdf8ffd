"""URLs that name the action they need. ``guard`` stands in place of ``django.urls.path``.

The rule beside the URL does three things before the view runs: it decides, it fetches the subject (so that a
view cannot forget to filter), and it leaves the audit event of the read. Afterwards it looks at what an unsafe
method was answered with: a page that no service has accounted for is a read, whatever the method was called.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, path

from medapp.accounts.access import Verdict, decide, fetch, patient_of
from medapp.accounts.actions import Action
from medapp.audit.services import record, was_recorded
from medapp.errors import NotFoundError, NotSignedInError

View = Callable[..., Any]  # sync or async; Django's path() is typed for sync views alone
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = (*sorted(SAFE_METHODS), "POST")  # of pages; the API's views name their own


@dataclass(frozen=True)
class AccessRule:
    """What a URL asks of its visitor. ``write`` replaces ``action`` for unsafe methods."""

    action: Action
    write: Action | None = None
    subject: type[Model] | None = None
    audit: bool = True

    def action_for(self, method: str) -> Action:
        return self.action if self.write is None or method in SAFE_METHODS else self.write


def guard(
    pattern: str,
    view: View,
    *,
    action: Action,
    name: str,
    write: Action | None = None,
    subject: type[Model] | None = None,
    audit: bool = True,
) -> URLPattern:
    """Return a URL pattern whose view runs only after ``action`` was allowed.

    With ``subject`` the first converter in ``pattern`` is that model's primary key; the view gets the row.
    """
    rule = AccessRule(action, write, subject, audit)
    return path(pattern, guarded_view(view, rule), name=name)


def guarded_view(view: View, rule: AccessRule) -> View:
    guarded = _guarded_async(view, rule) if iscoroutinefunction(view) else _guarded_sync(view, rule)
    guarded.access_rule = rule  # type: ignore[attr-defined]
    return guarded


def guard_included(resolver: URLResolver, action: Action) -> URLResolver:
    """Put ``action`` before every URL of a third-party URLconf that brings no rules of its own."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            guard_included(entry, action)
        elif not hasattr(entry.callback, "access_rule"):
            entry.callback = guarded_view(entry.callback, AccessRule(action, audit=False))
    return resolver


def close_included(resolver: URLResolver, names: Iterable[str]) -> URLResolver:
    """Answer as if there were nothing at the URLs whose name begins with one of ``names``; they can be reversed."""
    closed = tuple(names)
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            close_included(entry, closed)
        elif (entry.name or "").startswith(closed):
            entry.callback = guarded_view(_nothing_here, AccessRule(Action.PUBLIC, audit=False))
    return resolver


def _nothing_here(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    raise NotFoundError


def enforce(request: HttpRequest, rule: AccessRule, kwargs: dict[str, Any]) -> Model | None:
    """Apply the rule: return the subject (taken out of ``kwargs``), or raise NotFoundError."""
    action = rule.action_for(request.method or "GET")
    user = request.user
    if rule.subject is None:
        if not decide(user, action).allowed:
            _refuse(request, action)
        return None
    lookup = kwargs.pop(next(iter(kwargs)))
    subject = fetch(user, action, rule.subject._default_manager.all(), request=request, pk=lookup)
    patient = patient_of(subject)
    request.patient = patient  # type: ignore[attr-defined]
    if rule.audit and request.method in SAFE_METHODS and patient is not None:
        _audit_read(request, action, subject, patient, decide(user, action, patient))
    return subject


def _guarded_sync(view: View, rule: AccessRule) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stop, subject = _check(request, rule, kwargs)
        if stop is not None:
            return stop
        answer = cast(HttpResponseBase, view(request, *subject, *args, **kwargs))
        if rule.audit and subject:
            _account_for_answer(request, rule, subject[0], answer)
        return answer

    return guarded


def _guarded_async(view: View, rule: AccessRule) -> View:
    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stop, subject = await sync_to_async(_check)(request, rule, kwargs)
        if stop is not None:
            return stop
        return await cast(Callable[..., Awaitable[HttpResponseBase]], view)(
            request, *subject, *args, **kwargs
        )

    return guarded


def _check(
    request: HttpRequest, rule: AccessRule, kwargs: dict[str, Any]
) -> tuple[HttpResponseBase | None, tuple[Model, ...]]:
    if rule.action is Action.PUBLIC:
        return None, ()
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request), ()
    if rule.subject is not None and request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS), ()
    subject = enforce(request, rule, kwargs)
    return None, () if subject is None else (subject,)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send a person to the sign-in page; a program, and a page that fetches a part of itself, gets a refusal."""
    accepts = request.headers.get("Accept", "*/*")
    wants_page = "text/html" in accepts or (accepts == "*/*" and not request.path.startswith("/api/"))
    if not wants_page or request.headers.get("HX-Request"):
        raise NotSignedInError
    return redirect_to_login(request.get_full_path())


def _refuse(request: HttpRequest, action: Action) -> None:
    record(
        action=action,
        by=request.user,
        outcome="refused",
        detail={"path": request.path[:200]},
        request=request,
    )
    raise NotFoundError


def _account_for_answer(
    request: HttpRequest, rule: AccessRule, subject: Model, answer: HttpResponseBase
) -> None:
    if request.method in SAFE_METHODS or answer.status_code in (302, 405) or was_recorded(request):
        return
    patient = patient_of(subject)
    if patient is not None:
        action = rule.action_for("GET")
        _audit_read(request, action, subject, patient, decide(request.user, action, patient))


def _audit_read(
    request: HttpRequest, action: Action, subject: Model, patient: Model, verdict: Verdict
) -> None:
    with transaction.atomic():
        record(
            action=action,
            by=request.user,
            patient_id=patient.pk,
            obj=subject,
            outcome="allowed",
            detail={"basis": verdict.basis},
            request=request,
        )
