"""Admin pages that ask the policy table instead of Django's permission rows."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from medapp.accounts.access import can, visible_to
from medapp.accounts.actions import Action


class PolicyAdmin(ModelAdmin):
    """Shows rows to holders of ``view_action``; ``change_action`` changes them; None means nobody."""

    view_action: ClassVar[Action]
    change_action: ClassVar[Action | None] = None
    add_action: ClassVar[Action | None] = None
    delete_action: ClassVar[Action | None] = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can(request.user, self.view_action)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return can(request.user, self.view_action)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.change_action is not None and can(request.user, self.change_action)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add_action is not None and can(request.user, self.add_action)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.delete_action is not None and can(request.user, self.delete_action)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_to(request.user, self.view_action, super().get_queryset(request))
