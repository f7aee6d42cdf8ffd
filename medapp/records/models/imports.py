import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medapp.vault.fields import EncryptedTextField


class ImportRun(models.Model):
    """One CSV file on its way in: the original, how it was read, and what became of each row."""

    class Kind(models.TextChoices):
        PATIENTS = "patients", _("patients")
        ENCOUNTERS = "encounters", _("encounters")
        OBSERVATIONS = "observations", _("lab results")

    class Status(models.TextChoices):
        PREVIEW = "preview", _("waiting for your word")
        DONE = "done", _("imported")
        REFUSED = "refused", _("refused")
        DISCARDED = "discarded", _("discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.PREVIEW)
    status_reason = models.CharField(max_length=60, blank=True, help_text="Code of the refusal.")
    file_name = EncryptedTextField(purpose="import_run.file_name")
    blob = models.ForeignKey("vault.Blob", on_delete=models.PROTECT, related_name="+")
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    report = EncryptedTextField(purpose="import_run.report", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                name="import_run_applied_at_with_by",
                condition=models.Q(applied_at__isnull=True, applied_by__isnull=True)
                | models.Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="import_run_refused_with_reason",
                condition=~models.Q(status="refused") | ~models.Q(status_reason=""),
            ),
            models.CheckConstraint(
                name="import_run_done_is_applied",
                condition=~models.Q(status="done") | models.Q(applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_run_rows_add_up",
                condition=models.Q(
                    row_count=models.F("created_count")
                    + models.F("duplicate_count")
                    + models.F("rejected_count")
                ),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
