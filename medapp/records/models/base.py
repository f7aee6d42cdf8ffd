"""What every row of the record has: an id that says nothing, who wrote it and when."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class RecordRow(models.Model):
    """A row that belongs to one patient and names its writer."""

    PATIENT_PATH: ClassVar[str] = "patient"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="%(class)ss")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


def status_with_reason(statuses: list[str], name: str) -> models.CheckConstraint:
    """A status that takes something back cannot stand without its reason."""
    needs_reason = models.Q(status__in=statuses)
    return models.CheckConstraint(name=name, condition=~needs_reason | ~models.Q(status_reason=""))


def source_key_unique(name: str) -> models.UniqueConstraint:
    """The key of an imported row; the same row imported twice is one row."""
    return models.UniqueConstraint(fields=["source_key"], name=name, condition=~models.Q(source_key=""))
