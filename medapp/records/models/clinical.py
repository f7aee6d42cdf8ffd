"""The structured part of the record, named after the FHIR R4 resources that it becomes at the edge."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from medapp.records.models.base import RecordRow, source_key_unique, status_with_reason
from medapp.vault.fields import EncryptedTextField


class Encounter(RecordRow):
    class Kind(models.TextChoices):
        OUTPATIENT = "outpatient", _("outpatient visit")
        INPATIENT = "inpatient", _("hospital stay")
        EMERGENCY = "emergency", _("emergency visit")
        VIRTUAL = "virtual", _("remote visit")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        IN_PROGRESS = "in-progress", _("in progress")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OUTPATIENT)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.IN_PROGRESS)
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    doctor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("doctor"),
    )
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = EncryptedTextField(purpose="encounter.reason", null=True, blank=True)
    source_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("encounter")
        verbose_name_plural = _("encounters")
        ordering = ("-started_at",)
        indexes = (models.Index(fields=["patient", "-started_at"], name="encounter_by_patient"),)
        constraints = (
            status_with_reason(["cancelled"], "encounter_cancelled_with_reason"),
            source_key_unique("encounter_source_once"),
            models.CheckConstraint(
                name="encounter_finished_has_end",
                condition=~models.Q(status="finished") | models.Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="encounter_ends_after_start",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Observation(RecordRow):
    class Category(models.TextChoices):
        VITAL = "vital", _("vital sign")
        LABORATORY = "laboratory", _("laboratory")

    class Status(models.TextChoices):
        FINAL = "final", _("final")
        WITHDRAWN = "entered-in-error", _("entered in error")

    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="observations"
    )
    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.FINAL)
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)
    system = models.CharField(max_length=120, default="http://loinc.org")
    code = models.CharField(_("code"), max_length=40)
    display_zh = models.CharField(max_length=120, blank=True)
    display_en = models.CharField(max_length=120, blank=True)
    value_number = models.DecimalField(_("value"), max_digits=14, decimal_places=4, null=True, blank=True)
    value_text = models.CharField(_("result in words"), max_length=200, blank=True)
    unit = models.CharField(_("unit (UCUM)"), max_length=24, blank=True)
    reference_low = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    reference_high = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    observed_at = models.DateTimeField(_("observed"))
    source_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ("-observed_at", "code")
        indexes = (
            models.Index(fields=["patient", "code", "-observed_at"], name="observation_series"),
            models.Index(fields=["patient", "-observed_at"], name="observation_by_patient"),
        )
        constraints = (
            status_with_reason(["entered-in-error"], "observation_withdrawn_with_reason"),
            source_key_unique("observation_source_once"),
            models.CheckConstraint(
                name="observation_one_value",
                condition=models.Q(value_number__isnull=False, value_text="")
                | (models.Q(value_number__isnull=True) & ~models.Q(value_text="")),
            ),
            models.CheckConstraint(
                name="observation_range_in_order",
                condition=models.Q(reference_low__isnull=True)
                | models.Q(reference_high__isnull=True)
                | models.Q(reference_low__lte=models.F("reference_high")),
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def flag(self) -> str:
        """``"low"``, ``"high"`` or ``""`` against the reference range."""
        value: Decimal | None = self.value_number
        if value is None:
            return ""
        if self.reference_low is not None and value < self.reference_low:
            return "low"
        if self.reference_high is not None and value > self.reference_high:
            return "high"
        return ""


class Condition(RecordRow):
    class ClinicalStatus(models.TextChoices):
        ACTIVE = "active", _("active")
        RESOLVED = "resolved", _("resolved")
        WITHDRAWN = "entered-in-error", _("entered in error")

    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="conditions"
    )
    system = models.CharField(max_length=120, default="http://hl7.org/fhir/sid/icd-10")
    code = models.CharField(_("code"), max_length=40, blank=True)
    display = models.CharField(_("diagnosis"), max_length=200)
    display_en = models.CharField(_("diagnosis in English"), max_length=200, blank=True)
    clinical_status = models.CharField(
        _("status"), max_length=20, choices=ClinicalStatus.choices, default=ClinicalStatus.ACTIVE
    )
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)
    onset_date = models.DateField(_("since"), null=True, blank=True)
    resolved_date = models.DateField(_("resolved on"), null=True, blank=True)
    suggestion_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ("clinical_status", "-onset_date", "-recorded_at")
        constraints = (
            models.CheckConstraint(name="condition_is_named", condition=~models.Q(display="")),
            models.CheckConstraint(
                name="condition_resolved_has_date",
                condition=~models.Q(clinical_status="resolved") | models.Q(resolved_date__isnull=False),
            ),
            models.CheckConstraint(
                name="condition_withdrawn_reason",
                condition=~models.Q(clinical_status="entered-in-error") | ~models.Q(status_reason=""),
            ),
            models.CheckConstraint(
                name="condition_resolves_after_onset",
                condition=models.Q(onset_date__isnull=True)
                | models.Q(resolved_date__isnull=True)
                | models.Q(resolved_date__gte=models.F("onset_date")),
            ),
        )

    def __str__(self) -> str:
        return self.code or str(self.pk)


class MedicationRequest(RecordRow):
    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        COMPLETED = "completed", _("completed")
        STOPPED = "stopped", _("stopped")

    name = models.CharField(_("medication"), max_length=160)
    name_en = models.CharField(_("medication in English"), max_length=160, blank=True)
    dose_text = models.CharField(_("dose"), max_length=80, blank=True)
    frequency = models.CharField(_("how often"), max_length=80, blank=True)
    route = models.CharField(_("route"), max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)
    started_at = models.DateField(_("since"))
    ended_at = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("medication")
        verbose_name_plural = _("medications")
        ordering = ("status", "-started_at")
        constraints = (
            status_with_reason(["stopped"], "medication_stopped_with_reason"),
            models.CheckConstraint(name="medication_is_named", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="medication_ended_has_date",
                condition=models.Q(status="active") | models.Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="medication_ends_after_start",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class AllergyIntolerance(RecordRow):
    class Criticality(models.TextChoices):
        LOW = "low", _("low risk")
        HIGH = "high", _("high risk")
        UNKNOWN = "unable-to-assess", _("risk not known")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        REFUTED = "refuted", _("refuted")

    substance = models.CharField(_("substance"), max_length=120)
    substance_en = models.CharField(_("substance in English"), max_length=120, blank=True)
    reaction = models.CharField(_("reaction"), max_length=200, blank=True)
    criticality = models.CharField(
        _("risk"), max_length=20, choices=Criticality.choices, default=Criticality.UNKNOWN
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("allergy")
        verbose_name_plural = _("allergies")
        ordering = ("status", "criticality", "substance")
        constraints = (
            status_with_reason(["refuted"], "allergy_refuted_with_reason"),
            models.CheckConstraint(name="allergy_is_named", condition=~models.Q(substance="")),
            models.UniqueConstraint(
                fields=["patient", "substance"],
                condition=models.Q(status="active"),
                name="allergy_active_once",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
