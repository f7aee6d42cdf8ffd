"""From a model's output to a doctor's decision: Prediction -> Suggestion -> Decision -> DiagnosticReport."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from medapp.accounts.models import Department
from medapp.records.models import Patient
from medapp.registry.models import ModelVersion
from medapp.vault.fields import EncryptedJSONField, EncryptedTextField
from medapp.vault.models import Blob


class Subject(models.TextChoices):
    """What a model looked at."""

    INSTANCE = "instance", _("image")
    NOTE = "note", _("note")
    TURN = "turn", _("consultation answer")


class Prediction(models.Model):
    """The raw output of one model version for one input. Written once; a person never edits it.

    ``output`` holds label code -> calibrated probability under "scores", "intervals", "logits", "label",
    "words"; it is empty where the scope verdict refused the input.
    """

    PATIENT_PATH: ClassVar[str] = "patient"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="predictions")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="predictions")
    subject_type = models.CharField(max_length=10, choices=Subject)
    subject_id = models.UUIDField()
    input_digest = models.CharField(max_length=64)
    ignore_scope = models.BooleanField(default=False)
    in_scope = models.BooleanField()
    scope_code = models.CharField(max_length=40, blank=True)
    scope_detail = models.JSONField(default=dict)
    output = models.JSONField(default=dict)
    heat_map = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    attributions: Any = EncryptedJSONField(purpose="prediction.attributions", null=True, blank=True)
    seconds = models.FloatField()
    device = models.CharField(max_length=20, default="cpu")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("model_version", "subject_type", "subject_id", "input_digest", "ignore_scope"),
                name="prediction_once",
            ),
            models.CheckConstraint(
                condition=Q(in_scope=True) | Q(scope_code__gt=""), name="refusal_names_code"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Suggestion(models.Model):
    """What the clinician sees of a prediction, until and after somebody decides on it."""

    PATIENT_PATH: ClassVar[str] = "patient"

    class Kind(models.TextChoices):
        FINDING = "finding", _("imaging finding")
        DEPARTMENT = "department", _("department")
        ANSWER = "answer", _("consultation answer")

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for a decision")
        ACCEPTED = "accepted", _("accepted")
        EDITED = "edited", _("accepted with a change")
        REJECTED = "rejected", _("rejected")
        ABSTAINED = "abstained", _("not assessed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="suggestions")
    prediction = models.OneToOneField(Prediction, on_delete=models.PROTECT, related_name="suggestion")
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("status", "-created_at"), name="suggestion_queue"),)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class Decision(models.Model):
    """What a clinician did with a suggestion. A later decision supersedes, it never erases."""

    PATIENT_PATH: ClassVar[str] = "suggestion__patient"

    class Verdict(models.TextChoices):
        ACCEPT = "accept", _("accept")
        EDIT = "edit", _("accept with a change")
        REJECT = "reject", _("reject")

    class Reason(models.TextChoices):
        WRONG_LABEL = "wrong-label", _("another finding is right")
        NOT_VISIBLE = "not-visible", _("not visible in the input")
        ARTEFACT = "artefact", _("artefact or technical fault")
        CLINICAL = "clinical-context", _("does not fit the clinical picture")
        OUT_OF_SCOPE = "out-of-scope", _("the model was not made for this")
        OTHER = "other", _("other (say which)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=6, choices=Verdict)
    label_code = models.CharField(max_length=60, blank=True)
    reason_code = models.CharField(max_length=20, choices=Reason, blank=True)
    reason_text = EncryptedTextField(purpose="decision.reason", blank=True, default="")
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-decided_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("suggestion",), condition=Q(superseded_at__isnull=True), name="one_standing_decision"
            ),
            models.CheckConstraint(
                condition=Q(verdict="accept") | Q(reason_code__gt=""), name="disagreement_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(verdict="reject", label_code="") | ~Q(verdict="reject"),
                name="rejection_has_no_label",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class DiagnosticReport(models.Model):
    """What stands in the record because a clinician decided so (FHIR R4 DiagnosticReport)."""

    PATIENT_PATH: ClassVar[str] = "patient"

    class Status(models.TextChoices):
        FINAL = "final", _("final")
        WITHDRAWN = "entered-in-error", _("withdrawn by a later decision")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="diagnostic_reports")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="report")
    category = models.CharField(max_length=12, choices=Suggestion.Kind)
    conclusion_code = models.CharField(max_length=60)
    conclusion_zh = EncryptedTextField(purpose="report.conclusion-zh")
    conclusion_en = EncryptedTextField(purpose="report.conclusion-en")
    condition_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.FINAL)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-issued_at",)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def conclusion(self) -> str:
        """The conclusion in the reader's language."""
        is_chinese = (get_language() or "").startswith("zh")
        return str(self.conclusion_zh if is_chinese else self.conclusion_en)


class Cohort(models.Model):
    """A named group of patients, described rather than listed, so that it grows with the clinic."""

    name = models.SlugField(_("name"), max_length=80, unique=True, allow_unicode=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("department")
    )
    sex = models.CharField(_("sex"), max_length=8, choices=Patient.Sex.choices, blank=True)
    born_from = models.DateField(_("born from"), null=True, blank=True)
    born_until = models.DateField(_("born until"), null=True, blank=True)
    icd10_prefix = models.CharField(_("with a diagnosis that begins with"), max_length=10, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = (
            models.CheckConstraint(
                condition=Q(born_from__isnull=True)
                | Q(born_until__isnull=True)
                | Q(born_from__lte=models.F("born_until")),
                name="cohort_birth_range_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def condition(self) -> Q:
        """The filter on Patient that the description means."""
        wanted = {
            "department": self.department_id,
            "sex": self.sex,
            "birth_date__gte": self.born_from,
            "birth_date__lte": self.born_until,
            "conditions__code__startswith": self.icd10_prefix,
        }
        return Q(**{lookup: value for lookup, value in wanted.items() if value})


class BatchRun(models.Model):
    """One model over many inputs: rows of a CSV, files, or a cohort's patients."""

    OWNER_PATH: ClassVar[str] = "owner"

    class Source(models.TextChoices):
        ROWS = "rows", _("rows of a table")
        FILES = "files", _("files")
        COHORT = "cohort", _("cohort")

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="batch_runs")
    source = models.CharField(max_length=6, choices=Source)
    title = models.CharField(max_length=120)
    ignore_scope = models.BooleanField(default=False)
    total = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="batch_runs")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("batch run")
        verbose_name_plural = _("batch runs")
        constraints = (
            models.CheckConstraint(
                condition=Q(status="running", finished_at__isnull=True)
                | (~Q(status="running") & Q(finished_at__isnull=False)),
                name="batch_end_has_time",
            ),
        )

    def __str__(self) -> str:
        return self.title


class BatchItem(models.Model):
    """One input of a run, in the order it came, with what became of it.

    The bytes of several items lie together in one encrypted blob, from ``offset`` for ``length`` bytes.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SCORED = "scored", _("scored")
        REFUSED = "refused", _("refused")

    run = models.ForeignKey(BatchRun, on_delete=models.CASCADE, related_name="items")
    row_number = models.PositiveIntegerField()
    name = EncryptedTextField(purpose="batch-item.name")
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject_id = models.UUIDField(null=True, blank=True)
    blob = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    offset = models.BigIntegerField(default=0)
    length = models.BigIntegerField(default=0)
    input_digest = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    reason_code = models.CharField(max_length=60, blank=True)
    output: Any = models.JSONField(default=dict)

    class Meta:
        ordering = ("row_number",)
        constraints = (
            models.UniqueConstraint(fields=("run", "row_number"), name="batch_row_once"),
            models.CheckConstraint(
                condition=~Q(status="refused") | Q(reason_code__gt=""), name="refused_row_has_reason"
            ),
        )
        indexes = (models.Index(fields=("input_digest", "status"), name="batch_reuse"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.row_number}"
