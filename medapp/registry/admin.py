"""Model versions in the admin panel: their state, their problems, and who answers."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.policy_admin import PolicyAdmin
from medapp.errors import ConflictError
from medapp.registry.models import ModelVersion
from medapp.registry.services import (
    promote_model_version,
    shadow_model_version,
    sync_packs,
    withdraw_model_version,
)

STATUS_COLOURS = {
    "champion": "success",
    "candidate": "info",
    "shadow": "info",
    "retired": "warning",
    "withdrawn": "danger",
}


@admin.register(ModelVersion)
class ModelVersionAdmin(PolicyAdmin):
    """Read-only rows: the buttons go through the services, which audit."""

    view_action = Action.MODEL_READ
    list_display: ClassVar = [
        "name", "version", "task", "status_shown", "is_enabled", "problem_code", "short_digest", "synced_at",
        "card_link",
    ]  # fmt: skip
    list_filter: ClassVar = ["status", "task", "is_enabled"]
    search_fields: ClassVar = ["name", "version", "digest"]
    actions: ClassVar = ["promote", "shadow", "withdraw", "check_files"]
    exclude: ClassVar = ["card"]

    @display(description=_("status"), label=STATUS_COLOURS, ordering="status")
    def status_shown(self, version: ModelVersion) -> tuple[str, str]:
        return version.status, version.get_status_display()

    @display(description=_("digest"))
    def short_digest(self, version: ModelVersion) -> str:
        return version.digest[:12]

    @display(description=_("card"))
    def card_link(self, version: ModelVersion) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("model_detail", args=[version.id]), _("card"))

    @admin.action(description=_("Put in use"), permissions=["manage"])
    def promote(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        self._each(request, queryset, promote_model_version)

    @admin.action(description=_("Run in the shadow"), permissions=["manage"])
    def shadow(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        self._each(request, queryset, shadow_model_version)

    @admin.action(description=_("Withdraw"), permissions=["manage"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        self._each(request, queryset, withdraw_model_version, reason="admin panel")

    @admin.action(description=_("Check the files of all models"), permissions=["manage"])
    def check_files(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        broken = [str(version) for version in sync_packs(by=request.user) if not version.is_enabled]
        words = (
            _("Files with a problem: %(names)s") % {"names": ", ".join(broken)}
            if broken
            else _("All is well.")
        )
        self.message_user(request, words, messages.WARNING if broken else messages.SUCCESS)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.MODEL_MANAGE)

    def _each(
        self, request: HttpRequest, rows: QuerySet[ModelVersion], service: Callable[..., Any], **extra: Any
    ) -> None:
        for version in rows:
            try:
                service(model_version=version, by=request.user, **extra)
                self.message_user(request, str(version), messages.SUCCESS)
            except ConflictError as refusal:
                self.message_user(request, f"{version}: {refusal} {refusal.advice}", messages.ERROR)
