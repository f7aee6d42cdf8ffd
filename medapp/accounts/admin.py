"""Users, departments and care teams in the admin panel."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import Department, User
from medapp.accounts.policy_admin import PolicyAdmin
from medapp.audit.services import record

admin.site.unregister(Group)  # roles come from the policy table; groups would be a second way


class DepartmentResource(resources.ModelResource):
    """Departments as a table; a row with a known code changes that department."""

    class Meta:
        model = Department
        fields = ("code", "name_zh", "name_en")
        import_id_fields = ("code",)
        skip_unchanged = True


@admin.register(Department)
class DepartmentAdmin(ImportExportModelAdmin, PolicyAdmin):
    view_action = change_action = add_action = Action.USER_MANAGE
    list_display = ("code", "name_zh", "name_en")
    resource_classes: ClassVar = [DepartmentResource]
    import_form_class = ImportForm
    export_form_class = ExportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.USER_MANAGE)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.USER_MANAGE)

    def process_result(self, result: Any, request: HttpRequest) -> Any:
        detail = {"imported": "departments", "rows": result.total_rows}
        record(action=Action.USER_MANAGE, by=request.user, detail=detail, request=request)
        return super().process_result(result, request)


@admin.register(User)
class UserAdmin(PolicyAdmin, DjangoUserAdmin):
    view_action = change_action = add_action = Action.USER_MANAGE
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "display_name", "role", "department", "is_active", "last_login")
    list_filter = ("role", "department", "is_active")
    search_fields = ("username", "display_name")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password", "display_name", "email"]}),
        (_("Work"), {"fields": ["role", "department", "is_active"]}),
        (_("Look"), {"fields": ["language", "theme"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "role", "department", "display_name", "password1", "password2"]}),
    ]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Django calls this also for a new password, which passes no ``save_model``."""
        detail = {"user": str(obj.pk), "changed": True}
        record(action=Action.USER_MANAGE, by=request.user, obj=obj, detail=detail, request=request)
        return super().log_change(request, obj, message)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        detail = {"user": str(obj.pk), "role": obj.role, "fields": list(form.changed_data)}
        record(action=Action.USER_MANAGE, by=request.user, obj=obj, detail=detail, request=request)
