"""Conversations with a model that cites what it was given, and the knowledge it may cite."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medapp.jobs.models import Job
from medapp.records.models import Patient
from medapp.vault.fields import EncryptedTextField


class Source(models.Model):
    """Where articles come from: one import of one collection, with its licence."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    licence = models.CharField(_("licence"), max_length=80)
    edition = models.PositiveIntegerField(_("edition"), default=1)
    imported_at = models.DateTimeField(_("imported"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        ordering = ("key",)
        verbose_name = _("knowledge source")
        verbose_name_plural = _("knowledge sources")

    def __str__(self) -> str:
        return self.title


class Article(models.Model):
    """A page of a source. ``external_id`` is the source's own; importing it again updates the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="articles")
    external_id = models.CharField(max_length=120)
    title = models.CharField(_("title"), max_length=300)
    language = models.CharField(_("language"), max_length=10, default="en")
    url = models.URLField(max_length=500, blank=True)
    text = models.TextField(_("text"))
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("title",)
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = (models.UniqueConstraint(fields=("source", "external_id"), name="article_once"),)

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A stretch of an article short enough to cite. ``vector``: 384 float16 of the e5 encoder, normalised."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="passages")
    number = models.PositiveIntegerField()
    text = models.TextField()
    vector = models.BinaryField(null=True)

    class Meta:
        ordering = ("article", "number")
        constraints = (models.UniqueConstraint(fields=("article", "number"), name="passage_once"),)

    def __str__(self) -> str:
        return f"{self.article_id} {self.number}"


class Conversation(models.Model):
    PATIENT_PATH: ClassVar[str] = "patient"
    OWNER_PATH: ClassVar[str] = "owner"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="conversations"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conversations"
    )
    title = EncryptedTextField(purpose="conversation.title", blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-changed_at",)
        indexes = (models.Index(fields=("owner", "-changed_at"), name="conversation_mine"),)

    def __str__(self) -> str:
        return str(self.id)


class Turn(models.Model):
    """One message. An assistant's turn is filled by a job; a notice is the application's own fixed words."""

    PATIENT_PATH: ClassVar[str] = "conversation__patient"
    OWNER_PATH: ClassVar[str] = "conversation__owner"

    class Role(models.TextChoices):
        USER = "user", _("question")
        ASSISTANT = "assistant", _("answer")
        NOTICE = "notice", _("notice")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        STREAMING = "streaming", _("being written")
        COMPLETE = "complete", _("complete")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=10, choices=Role)
    status = models.CharField(max_length=10, choices=Status, default=Status.COMPLETE)
    text = EncryptedTextField(purpose="turn.text", blank=True, default="")
    notice_code = models.CharField(max_length=60, blank=True)
    model_name = models.CharField(max_length=120, blank=True)
    is_demonstration = models.BooleanField(default=False)
    # The passages' own sentences, because the model does not write the language or said nothing that they hold.
    is_quoted = models.BooleanField(default=False)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("conversation", "number"), name="turn_once"),
            models.CheckConstraint(
                condition=~Q(role="notice") | Q(notice_code__gt=""), name="notice_names_its_rule"
            ),
            models.CheckConstraint(
                condition=Q(role="assistant") | Q(status="complete"), name="only_answers_are_unfinished"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_finished(self) -> bool:
        return self.status not in (self.Status.WAITING, self.Status.STREAMING)


class Delta(models.Model):
    """A piece of an answer as it came. ``is_restart`` empties what was shown: another worker began anew."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="deltas")
    sequence = models.PositiveIntegerField()
    text = EncryptedTextField(purpose="delta.text")
    is_restart = models.BooleanField(default=False)

    class Meta:
        ordering = ("sequence",)
        constraints = (models.UniqueConstraint(fields=("turn", "sequence"), name="delta_once"),)

    def __str__(self) -> str:
        return f"{self.turn_id} {self.sequence}"


class Citation(models.Model):
    """A numbered passage that the answer was given, whether or not it used it."""

    PATIENT_PATH: ClassVar[str] = "turn__conversation__patient"
    OWNER_PATH: ClassVar[str] = "turn__conversation__owner"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="citations")
    number = models.PositiveIntegerField()
    source_type = models.CharField(max_length=40)
    source_id = models.CharField(max_length=64)
    title = EncryptedTextField(purpose="citation.title")
    passage = EncryptedTextField(purpose="citation.passage")
    url = models.CharField(max_length=500, blank=True)
    edition = models.PositiveIntegerField(null=True, blank=True)
    is_used = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("turn", "number"), name="citation_once"),)

    def __str__(self) -> str:
        return f"{self.turn_id} [{self.number}]"


class Statement(models.Model):
    """A sentence of a finished answer with the passage that supports it, or struck for want of one."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField()
    text = EncryptedTextField(purpose="statement.text")
    lead = models.CharField(max_length=4, blank=True, help_text="what stands before it: a space, a new line")
    citation = models.ForeignKey(
        Citation, null=True, blank=True, on_delete=models.CASCADE, related_name="statements"
    )

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("turn", "number"), name="statement_once"),)

    def __str__(self) -> str:
        return f"{self.turn_id} {self.number}"

    @property
    def is_struck(self) -> bool:
        return self.citation_id is None
