"""Work to be done, as rows. The row is the truth; Celery only carries the bell (docs/decisions/0002)."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from medapp import plugs


class Queue(models.TextChoices):
    """What a worker must be able to do to serve the queue."""

    CPU = "cpu", _("models on the processor")
    GPU = "gpu", _("models on a GPU")
    CHAT = "chat", _("consultation")
    IO = "io", _("files and data")


class Status(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    PARKED = "parked", _("needs attention")
    CANCELLED = "cancelled", _("cancelled")


ACTIVE = (Status.WAITING, Status.RUNNING)
ENDED = (Status.DONE, Status.PARKED, Status.CANCELLED)


def _job_constraints() -> list[models.BaseConstraint]:
    running = Q(status=Status.RUNNING)
    leased = Q(leased_until__isnull=False) & ~Q(leased_by="")
    unleased = Q(leased_until__isnull=True, leased_by="")
    rules = {
        "jobs_job_status_known": Q(status__in=Status.values),
        "jobs_job_queue_known": Q(queue__in=Queue.values),
        "jobs_job_running_has_lease": (running & leased) | (~running & unleased),
        "jobs_job_ended_has_time": Q(status__in=ENDED, finished_at__isnull=False)
        | Q(status__in=ACTIVE, finished_at__isnull=True),
        "jobs_job_parked_has_reason": ~Q(status=Status.PARKED) | ~Q(failure_code=""),
        "jobs_job_cancelled_was_asked": ~Q(status=Status.CANCELLED) | Q(cancel_requested_at__isnull=False),
        "jobs_job_waiting_not_cancelled": ~Q(status=Status.WAITING) | Q(cancel_requested_at__isnull=True),
        "jobs_job_attempts_bounded": Q(attempts__lte=F("max_attempts")),
    }
    return [models.CheckConstraint(condition=rule, name=name) for name, rule in rules.items()]


class Job(models.Model):
    """One piece of work. ``payload`` and ``result`` hold ids and counts, never patient data.

    ``fence`` grows with every claim: a worker whose claim was taken over cannot save any more. ``attempts``
    counts the attempts that failed.
    """

    OWNER_PATH = "requested_by"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    queue = models.CharField(_("queue"), max_length=8, choices=Queue.choices)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.WAITING)
    payload = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    idempotency_key = models.CharField(max_length=200, unique=True)
    # No foreign key: jobs lies below records, and a job outlives nothing that points at it.
    patient_id = models.UUIDField(null=True, db_index=True)
    group = models.UUIDField(null=True, db_index=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="jobs",
        verbose_name=_("requested by"),
    )
    priority = models.SmallIntegerField(_("priority"), default=0)

    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    run_after = models.DateTimeField(default=timezone.now)
    fence = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=200, blank=True)

    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=80, blank=True)
    failure_code = models.CharField(_("failure"), max_length=80, blank=True)
    failure_words = models.JSONField(default=dict)  # {language: {"reason": ..., "advice": ...}}

    created_at = models.DateTimeField(_("created"), default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = _job_constraints()
        indexes = [
            models.Index(fields=["kind", "status", "-priority", "created_at"], name="jobs_job_claim"),
            models.Index(fields=["status", "leased_until"], name="jobs_job_lease"),
            models.Index(fields=["requested_by", "changed_at"], name="jobs_job_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def label(self) -> str:
        """What the job does, in the reader's language."""
        kind = plugs.job_kinds.get(self.kind)
        return str(kind.label) if kind and kind.label else self.kind

    @property
    def failure_reason(self) -> str:
        """Why the last attempt failed, in the reader's language."""
        return self._failure("reason")

    @property
    def failure_advice(self) -> str:
        return self._failure("advice")

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_cancelling(self) -> bool:
        return self.status == Status.RUNNING and self.cancel_requested_at is not None

    def _failure(self, part: str) -> str:
        words: dict[str, Any] = self.failure_words or {}
        spoken = words.get(translation.get_language() or "") or words.get("en") or {}
        return str(spoken.get(part, ""))


class WorkerHeartbeat(models.Model):
    """A live worker process: written every few seconds, so that anybody can tell who serves a queue.

    ``host`` also tells boots and process namespaces apart, so that ``pid`` means one process.
    """

    name = models.CharField(_("name"), max_length=200, primary_key=True)
    queues = models.JSONField(_("queues"), default=list)
    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen"), db_index=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name
