"""Queues, failures with their reasons, and workers in the admin panel."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.policy_admin import PolicyAdmin
from medapp.errors import ConflictError
from medapp.jobs.models import ACTIVE, Job, Status, WorkerHeartbeat
from medapp.jobs.services import cancel_job, retry_job
from medapp.jobs.workers import is_dead, live_workers

STATUS_COLOURS = {
    "waiting": "info",
    "running": "info",
    "done": "success",
    "parked": "danger",
    "cancelled": "warning",
}


@admin.register(Job)
class JobAdmin(PolicyAdmin):
    """Read-only rows: the buttons go through the services, which audit."""

    view_action = Action.JOB_READ
    list_display: ClassVar = [
        "label", "queue", "status_shown", "attempts", "reason", "requested_by", "created_at", "finished_at",
    ]  # fmt: skip
    list_filter: ClassVar = ["status", "queue", "kind", "failure_code"]
    list_select_related: ClassVar = ["requested_by"]
    search_fields: ClassVar = ["id", "kind", "failure_code"]
    ordering: ClassVar = ["-created_at"]
    date_hierarchy = "created_at"
    actions: ClassVar = ["cancel", "retry"]
    fields: ClassVar = [
        "id", "kind", "queue", "status", "attempts", "max_attempts", "failure_code", "reason", "priority",
        "progress_done", "progress_total", "requested_by", "created_at", "started_at", "finished_at",
        "leased_by", "leased_until", "fence", "group",
    ]  # fmt: skip

    @display(description=_("job"), ordering="kind")
    def label(self, job: Job) -> str:
        return job.label

    @display(description=_("status"), label=STATUS_COLOURS, ordering="status")
    def status_shown(self, job: Job) -> tuple[str, str]:
        return job.status, job.get_status_display()

    @display(description=_("reason"))
    def reason(self, job: Job) -> str:
        return job.failure_reason

    @admin.action(description=_("Cancel"), permissions=["manage"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._each(request, queryset.filter(status__in=ACTIVE), cancel_job)

    @admin.action(description=_("Try again"), permissions=["manage"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._each(request, queryset.filter(status__in=(Status.PARKED, Status.CANCELLED)), retry_job)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.JOB_MANAGE)

    def _each(self, request: HttpRequest, jobs: QuerySet[Job], service: Callable[..., Any]) -> None:
        count = 0
        for job in jobs:
            try:
                service(job=job, by=request.user)
                count += 1
            except ConflictError:
                continue  # it ended between the page and the click
        words = ngettext("%(count)d job changed.", "%(count)d jobs changed.", count) % {"count": count}
        self.message_user(request, words, messages.SUCCESS)


@admin.register(WorkerHeartbeat)
class WorkerAdmin(PolicyAdmin):
    view_action = Action.JOB_READ
    list_display: ClassVar = ["name", "queues_shown", "is_live", "started_at", "seen_at"]
    ordering: ClassVar = ["-seen_at"]

    @display(description=_("queues"))
    def queues_shown(self, worker: WorkerHeartbeat) -> str:
        return ", ".join(worker.queues)

    @display(description=_("at work"), boolean=True)
    def is_live(self, worker: WorkerHeartbeat) -> bool:
        return live_workers().filter(name=worker.name).exists() and not is_dead(worker)
