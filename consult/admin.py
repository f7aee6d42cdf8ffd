"""Knowledge sources in the admin panel. Conversations are not here: administrators cannot read them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from consult.models import Source
from consult.services import withdraw_source
from medapp.accounts.actions import Action
from medapp.accounts.policy_admin import PolicyAdmin


@admin.register(Source)
class SourceAdmin(PolicyAdmin):
    view_action = Action.KNOWLEDGE_MANAGE
    list_display: ClassVar = ["title", "licence", "edition", "imported_at", "withdrawn_at"]
    actions: ClassVar = ["withdraw"]

    @action(description=_("Withdraw: no longer cited"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for source in queryset.filter(withdrawn_at__isnull=True):
            withdraw_source(source=source, by=request.user, request=request)  # type: ignore[arg-type]
