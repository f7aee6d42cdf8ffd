"""The archive: study, series, instance. Names are DICOM's keywords in snake_case."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from imaging.dicom.header import Header
from medapp.vault.fields import EncryptedJSONField, EncryptedTextField

UID_LENGTH = 64


class Study(models.Model):
    """One examination of one patient. The header's own identity is kept as it came, encrypted."""

    PATIENT_PATH: ClassVar[str] = "patient"

    class IdentityBasis(models.TextChoices):
        HEADER = "header", _("the header names this patient")
        CONFIRMED = "confirmed", _("a person confirmed the patient")
        ABSENT = "absent", _("the header names nobody; the uploader chose the patient")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="studies")
    study_instance_uid = models.CharField(max_length=UID_LENGTH, unique=True)
    accession_number = models.CharField(max_length=64, blank=True, db_index=True)
    study_date = models.DateField(_("study date"), null=True, blank=True, db_index=True)
    study_time = models.TimeField(null=True, blank=True)
    study_description = EncryptedTextField(purpose="study.description", blank=True, default="")
    institution_name = EncryptedTextField(purpose="study.institution", blank=True, default="")
    dicom_patient_id = EncryptedTextField(purpose="study.dicom_patient_id", blank=True, default="")
    identity_basis = models.CharField(max_length=10, choices=IdentityBasis.choices)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        ordering = ("-study_date", "-created_at")

    def __str__(self) -> str:
        return str(self.pk)


class Series(models.Model):
    PATIENT_PATH: ClassVar[str] = "study__patient"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="series")
    series_instance_uid = models.CharField(max_length=UID_LENGTH, unique=True)
    modality = models.CharField(_("modality"), max_length=16, blank=True, db_index=True)
    series_number = models.BigIntegerField(null=True, blank=True)
    series_description = EncryptedTextField(purpose="series.description", blank=True, default="")
    body_part_examined = models.CharField(_("body part"), max_length=16, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ("series_number", "created_at")

    def __str__(self) -> str:
        return str(self.pk)


class Instance(models.Model):
    """One stored object; its file lies encrypted in the vault, byte for byte as it came."""

    PATIENT_PATH: ClassVar[str] = "series__study__patient"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    sop_instance_uid = models.CharField(max_length=UID_LENGTH, unique=True)
    sop_class_uid = models.CharField(max_length=UID_LENGTH)
    transfer_syntax_uid = models.CharField(max_length=UID_LENGTH)
    instance_number = models.BigIntegerField(null=True, blank=True)
    slice_position_mm = models.FloatField(null=True, blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    columns = models.PositiveIntegerField(null=True, blank=True)
    number_of_frames = models.PositiveIntegerField(default=1)
    has_pixels = models.BooleanField(default=True)
    view_position = models.CharField(max_length=16, blank=True)
    laterality = models.CharField(max_length=16, blank=True)
    patient_age_years = models.FloatField(null=True, blank=True)
    pixel_digest = models.CharField(max_length=64, blank=True, db_index=True)
    header: "models.Field[Any, Any]" = EncryptedJSONField(purpose="instance.header")
    blob = models.ForeignKey("vault.Blob", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ("slice_position_mm", "instance_number", "created_at")
        constraints = (
            models.CheckConstraint(
                name="instance_with_pixels_has_a_size",
                condition=models.Q(has_pixels=False)
                | (models.Q(rows__gt=0, columns__gt=0) & ~models.Q(pixel_digest="")),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def stored_header(self) -> Header:
        return Header.from_dict(self.header)


class Thumbnail(models.Model):
    """A small JPEG of the first frame, encrypted like every picture of a patient."""

    PATIENT_PATH: ClassVar[str] = "instance__series__study__patient"

    instance = models.OneToOneField(
        Instance, primary_key=True, on_delete=models.CASCADE, related_name="thumbnail"
    )
    jpeg = EncryptedTextField(purpose="thumbnail.jpeg")  # base64

    def __str__(self) -> str:
        return str(self.pk)
