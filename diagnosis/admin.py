"""Batch runs and cohorts in the admin panel. Suggestions are read where the patient is, not here."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from diagnosis.models import BatchRun, Cohort
from medapp.accounts.actions import Action
from medapp.accounts.policy_admin import PolicyAdmin
from medapp.audit.services import record


@admin.register(Cohort)
class CohortAdmin(PolicyAdmin):
    view_action = Action.BATCH_READ
    change_action = add_action = delete_action = Action.BATCH_RUN
    list_display: ClassVar = ["name", "department", "sex", "born_from", "born_until", "icd10_prefix"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record(action=Action.BATCH_RUN, by=request.user, obj=obj, detail={"cohort": True}, request=request)


@admin.register(BatchRun)
class BatchRunAdmin(PolicyAdmin):
    view_action = Action.BATCH_READ
    list_display: ClassVar = ["title", "model_version", "status", "total", "owner", "created_at", "result"]
    list_filter: ClassVar = ["status", "source", "model_version"]

    @display(description=_("result"))
    def result(self, run: BatchRun) -> str:
        url = reverse("batch-run", args=[run.pk])
        return format_html('<a href="{}">{}</a>', url, _("Open and download"))
