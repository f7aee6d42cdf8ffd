"""What the record's pages share: one way to answer a form, one way to page a list."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from medapp.accounts.models import User
from medapp.errors import MedappError, Words
from medapp.records.models import Patient

PAGE_ROWS = 50
LANDING = "chart"


def user_of(request: HttpRequest) -> User:
    """Return the signed-in user; ``guard`` has let nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("guarded views have a signed-in user")
    return user


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """Return the page that ``?page=`` asks for; nonsense gives the first or last one."""
    return Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))


def answer_form(
    request: HttpRequest,
    form: forms.Form | forms.ModelForm,
    *,
    save: Callable[[], Any],
    done: Words,
    title: Words,
    patient: Patient | None = None,
    landing: str = "",
    template: str = "records/form.html",
    **context: Any,
) -> HttpResponse:
    """Show the form, or save it and go on; a refusal brings the page back with everything that was typed."""
    status = 200
    back = landing or (reverse("patients") if patient is None else reverse(LANDING, args=[patient.pk]))
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                target = save()
            except MedappError as error:
                status = error.http_status
                form.add_error(None, f"{error} {error.advice}".strip())
            else:
                messages.success(request, str(done))
                return redirect(target if isinstance(target, str) else back)
    page = {"form": form, "title": title, "patient": patient, "cancel_url": back, **context}
    page["layout"] = "base.html" if patient is None else "patient.html"
    return render(request, template, page, status=status)
