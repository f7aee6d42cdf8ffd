"""The record in the admin panel: who is registered (without names) and imports. Charts are not read here."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from medapp.accounts.actions import Action
from medapp.accounts.policy_admin import PolicyAdmin
from medapp.records.importers import views
from medapp.records.models import ImportRun, Patient

STATUS_COLOURS = {"preview": "warning", "done": "success", "refused": "danger"}


@admin.register(Patient)
class PatientAdmin(PolicyAdmin):
    """For counting and for finding a number: no name, no contact, no chart."""

    view_action = Action.PATIENT_ADMIN
    list_display: ClassVar = ["mrn", "sex", "birth_year", "department", "ai_consent", "is_demo"]
    list_filter: ClassVar = ["sex", "department", "ai_consent", "is_demo"]
    list_select_related: ClassVar = ["department"]
    search_fields: ClassVar = ["mrn"]
    search_help_text = _("The beginning of a patient number")
    ordering: ClassVar = ["mrn"]
    fields: ClassVar = [
        "mrn",
        "sex",
        "birth_year",
        "department",
        "language",
        "ai_consent",
        "is_demo",
        "created_at",
    ]
    readonly_fields: ClassVar = fields

    @display(description=_("birth year"), ordering="birth_date")
    def birth_year(self, patient: Patient) -> str:
        return str(patient.birth_date.year)


@admin.register(ImportRun)
class ImportRunAdmin(PolicyAdmin):
    """Imports: “add” chooses a file, a row opens its plan or its outcome."""

    view_action = add_action = Action.DATA_IMPORT
    list_display: ClassVar = [
        "created_at", "kind", "status_shown", "file", "row_count", "created_count", "duplicate_count",
        "rejected_count", "created_by",
    ]  # fmt: skip
    list_filter: ClassVar = ["kind", "status"]
    list_select_related: ClassVar = ["created_by"]
    ordering: ClassVar = ["-created_at"]

    @display(description=_("status"), label=STATUS_COLOURS, ordering="status")
    def status_shown(self, run: ImportRun) -> tuple[str, str]:
        return run.status, run.get_status_display()

    @display(description=_("file"))
    def file(self, run: ImportRun) -> str:
        return run.file_name

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # refuses in Django's own words
        return views.start(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return views.show(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        own = (
            ("template/<slug:kind>.csv", views.template, "import_template"),
            ("<uuid:pk>/apply/", views.apply, "import_apply"),
            ("<uuid:pk>/discard/", views.discard, "import_discard"),
            ("<uuid:pk>/refused.csv", views.rejected, "import_rejected"),
        )
        return [
            path(pattern, self._guarded(view), name=name) for pattern, view, name in own
        ] + super().get_urls()

    def _guarded(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return self.admin_site.admin_view(partial(self._checked, view))

    def _checked(
        self, view: Callable[..., HttpResponse], request: HttpRequest, **kwargs: Any
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            views.refuse(request)
        return view(request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
