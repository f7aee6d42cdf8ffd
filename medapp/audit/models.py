"""What happened: one append-only table, chained by hashes (see ``medapp.audit.chain``)."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from medapp.audit.errors import AppendOnlyError
from medapp.vault import cipher

REASON_PURPOSE = "audit.event.reason"


class EventQuerySet(models.QuerySet["Event"]):
    """Refuses in Python what the triggers refuse in the database, with words."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError


class Event(models.Model):
    """One read, write, model run, decision or refusal.

    It has no foreign keys: an event outlives what it speaks of. ``detail`` holds ids, counts and codes only;
    whatever a person wrote is in the encrypted reason.
    """

    class Outcome(models.TextChoices):
        ALLOWED = "allowed", pgettext_lazy("outcome of an event", "allowed")
        REFUSED = "refused", pgettext_lazy("outcome of an event", "refused")
        DONE = "done", pgettext_lazy("outcome of an event", "done")
        FAILED = "failed", pgettext_lazy("outcome of an event", "failed")

    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=160, blank=True)
    actor_role = models.CharField(max_length=32, blank=True)
    action = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome)
    patient_id = models.UUIDField(null=True, blank=True)
    object_type = models.CharField(max_length=64, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    # Encrypted by services.record and not by a field, because the hash covers the ciphertext: the chain can
    # be verified without any key. A rotation of keys never touches it, so old keys stay in the ring for it.
    reason_token = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    address = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("sequence",)
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = (
            models.Index(fields=["patient_id", "-sequence"], name="event_by_patient"),
            models.Index(fields=["actor_id", "-sequence"], name="event_by_actor"),
            models.Index(fields=["action", "-sequence"], name="event_by_action"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=["allowed", "refused", "done", "failed"]),
                name="event_outcome_known",
            ),
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="event_sequence_positive"),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    @property
    def reason(self) -> str:
        """Why, in the actor's words; raises DamagedSecretError."""
        return cipher.decrypt_text(self.reason_token, purpose=REASON_PURPOSE) if self.reason_token else ""


class ChainHead(models.Model):
    """The end of the chain: its only row is the lock under which events are appended.

    ``seal`` is a keyed signature over sequence and hash, so that who can write to the database but has no key
    can neither cut the tail off nor write the chain anew without ``verify_audit`` noticing.
    """

    ONLY_ID = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ID)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=128)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="chain_head_single"),)

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"
