"""Uploads in the admin panel: counts and codes, no names and no pictures."""

from typing import ClassVar

from django.contrib import admin

from imaging.models import UploadFile
from medapp.accounts.actions import Action
from medapp.accounts.policy_admin import PolicyAdmin


@admin.register(UploadFile)
class UploadFileAdmin(PolicyAdmin):
    view_action = Action.DATA_IMPORT
    list_display: ClassVar = ["created_at", "verdict", "code", "size_bytes", "resolution"]
    list_filter: ClassVar = ["verdict", "code", "resolution"]
    fields: ClassVar = ["created_at", "verdict", "code", "params", "size_bytes", "resolution", "resolved_at"]
    readonly_fields: ClassVar = fields
