"""Which models there are, and which of them answers."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _


class ModelStatus(models.TextChoices):
    CANDIDATE = "candidate", _("candidate")
    SHADOW = "shadow", _("shadow")
    CHAMPION = "champion", _("in use")
    RETIRED = "retired", _("retired")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Problem(models.TextChoices):
    """Why a model cannot be used on this machine."""

    NONE = "", _("none")
    DAMAGED = "damaged", _("a file does not match its digest")
    NO_BACKBONE = "no-backbone", _("the base model is not assembled")
    MISSING = "missing", _("its files are gone")


class ModelVersion(models.Model):
    """A pack as it was when its ``digest`` (sha256 of pack.json) was first seen; ``card`` is its pack.json.

    ``is_enabled`` follows from the files: it is false exactly while there is a ``problem_code``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=80)
    version = models.CharField(_("version"), max_length=40)
    digest = models.CharField(_("digest"), max_length=64)
    folder = models.CharField(max_length=80)
    task = models.CharField(_("task"), max_length=40)
    engine = models.CharField(_("engine"), max_length=40)
    status = models.CharField(_("status"), max_length=12, choices=ModelStatus, default=ModelStatus.CANDIDATE)
    card = models.JSONField(default=dict)
    is_enabled = models.BooleanField(_("usable"), default=True)
    problem_code = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
    problem = models.TextField(_("technical detail"), blank=True)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)
    synced_at = models.DateTimeField(_("last checked"), default=timezone.now)

    class Meta:
        ordering = ("name", "-created_at")
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = (
            models.UniqueConstraint(fields=("name", "digest"), name="registry_one_row_per_digest"),
            models.UniqueConstraint(
                fields=("name",), condition=Q(status="champion"), name="registry_one_champion_per_name"
            ),
            models.CheckConstraint(condition=Q(status__in=ModelStatus.values), name="registry_status_known"),
            models.CheckConstraint(
                condition=Q(is_enabled=True, problem_code="") | (Q(is_enabled=False) & ~Q(problem_code="")),
                name="registry_disabled_has_problem",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def title(self) -> str:
        """The model's name for people, in the reader's language."""
        return self.text("title") or self.name

    def text(self, key: str) -> str:
        """Return a bilingual text of the card in the reader's language."""
        words: Any = self.card.get(key) or {}
        language = "zh" if (translation.get_language() or "").startswith("zh") else "en"
        return str(words.get(language) or words.get("en") or "") if isinstance(words, dict) else str(words)
