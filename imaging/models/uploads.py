"""What was sent to the department, file by file, with the verdict on each."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from imaging.dicom.header import Header
from imaging.models.archive import Instance
from medapp.vault.fields import EncryptedJSONField, EncryptedTextField


class Upload(models.Model):
    """One sending: a drop on a page, a command, later STOW or C-STORE."""

    PATIENT_PATH: ClassVar[str] = "patient"
    OWNER_PATH: ClassVar[str] = "created_by"

    class Source(models.TextChoices):
        PAGE = "page", _("page")
        COMMAND = "command", _("command")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(
        "records.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="uploads"
    )
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PAGE)
    expected_files = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                name="upload_cancelled_by_somebody",
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class UploadFile(models.Model):
    """One file and what became of it. What is not stored keeps its original in ``blob``.

    ``patient`` is whom the file is about as far as that is known: the chart it was dropped on, or the
    patient whose identifier it carries.
    """

    PATIENT_PATH: ClassVar[str] = "patient"
    OWNER_PATH: ClassVar[str] = "upload__created_by"

    class Verdict(models.TextChoices):
        STORED = "stored", _("stored")
        DUPLICATE = "duplicate", _("already there")
        QUARANTINED = "quarantined", _("quarantined")
        REFUSED = "refused", _("refused")

    class Resolution(models.TextChoices):
        RELEASED = "released", _("released")
        DISCARDED = "discarded", _("discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="files")
    patient = models.ForeignKey(
        "records.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = EncryptedTextField(purpose="upload-file.name")
    size_bytes = models.PositiveBigIntegerField(default=0)
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    code = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict, blank=True)
    header: "models.Field[Any, Any]" = EncryptedJSONField(purpose="upload-file.header", null=True, blank=True)
    instance = models.ForeignKey(
        Instance, on_delete=models.PROTECT, null=True, blank=True, related_name="upload_files"
    )
    blob = models.ForeignKey("vault.Blob", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    resolution = models.CharField(max_length=10, choices=Resolution.choices, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=["verdict", "resolution", "created_at"], name="quarantine_open"),)
        constraints = (
            models.CheckConstraint(
                name="upload_file_verdict_is_whole",
                condition=Q(verdict="stored", instance__isnull=False)
                | Q(verdict="duplicate", instance__isnull=False)
                | (Q(verdict="quarantined", blob__isnull=False) & ~Q(code=""))
                | (Q(verdict="refused") & ~Q(code="")),
            ),
            models.CheckConstraint(
                name="upload_file_resolved_by_somebody",
                condition=Q(resolution="", resolved_at__isnull=True, resolved_by__isnull=True)
                | (~Q(resolution="") & Q(resolved_at__isnull=False, resolved_by__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def stored_header(self) -> Header | None:
        """The header of a quarantined file; None for one that could not be read."""
        return Header.from_dict(self.header) if self.header else None
