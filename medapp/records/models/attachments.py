from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from medapp.records.models.base import RecordRow
from medapp.records.models.notes import Note
from medapp.vault.fields import EncryptedTextField


class Attachment(RecordRow):
    """A file in the record; its bytes lie encrypted in the vault."""

    note = models.ForeignKey(
        Note, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    blob = models.ForeignKey("vault.Blob", on_delete=models.PROTECT, related_name="+")
    title = EncryptedTextField(purpose="attachment.title")
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("-recorded_at",)
        constraints = (
            models.CheckConstraint(
                name="attachment_withdrawn_whole",
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (
                    models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~models.Q(withdrawn_reason="")
                ),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
