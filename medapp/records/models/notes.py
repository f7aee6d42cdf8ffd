import uuid
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medapp.records.models.base import RecordRow
from medapp.records.models.clinical import Encounter
from medapp.vault.fields import EncryptedTextField


class Note(RecordRow):
    """A note as it reads now. What it read before stands in its versions.

    A signed note changes only by an amendment, which is a further version with a reason.
    """

    class Kind(models.TextChoices):
        PROGRESS = "progress", _("progress note")
        ADMISSION = "admission", _("admission note")
        DISCHARGE = "discharge", _("discharge summary")
        OUTPATIENT = "outpatient", _("outpatient note")
        NURSING = "nursing", _("nursing note")
        CONSULTATION = "consultation", _("consultation note")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNED = "signed", _("signed")
        AMENDED = "amended", _("signed and amended")

    class Origin(models.TextChoices):
        HUMAN = "human", _("written by a person")
        AI_DRAFT = "ai-draft", _("drafted by a model")

    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="notes"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PROGRESS)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    title = EncryptedTextField(purpose="note.title", blank=True)
    text = EncryptedTextField(purpose="note.text")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes")
    updated_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.HUMAN)
    source_type = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-recorded_at",)
        indexes = (models.Index(fields=["patient", "-recorded_at"], name="note_by_patient"),)
        constraints = (
            models.CheckConstraint(
                name="note_signed_at_with_by",
                condition=models.Q(signed_at__isnull=True, signed_by__isnull=True)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="note_draft_is_unsigned",
                condition=models.Q(status="draft", signed_at__isnull=True)
                | (~models.Q(status="draft") & models.Q(signed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="note_ai_draft_has_source",
                condition=~models.Q(origin="ai-draft")
                | (~models.Q(source_type="") & ~models.Q(source_id="")),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_signed(self) -> bool:
        return self.status != self.Status.DRAFT


class NoteVersionChangedError(RuntimeError):
    """Code tried to change or delete a version of a note."""


class NoteVersion(models.Model):
    """What a note read at one time. Written once."""

    PATIENT_PATH: ClassVar[str] = "note__patient"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = EncryptedTextField(purpose="note_version.title", blank=True)
    text = EncryptedTextField(purpose="note_version.text")
    reason = EncryptedTextField(purpose="note_version.reason", blank=True)
    is_amendment = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["note", "number"], name="note_version_once"),
            models.CheckConstraint(name="note_version_from_one", condition=models.Q(number__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.note_id} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NoteVersionChangedError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NoteVersionChangedError
