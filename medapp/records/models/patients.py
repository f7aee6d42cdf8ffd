import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medapp.vault.fields import BlindIndexField, EncryptedTextField


class Patient(models.Model):
    """A person under care. What identifies outside the hospital is encrypted and found by blind index."""

    PATIENT_PATH: ClassVar[str] = ""

    class Sex(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")
        OTHER = "other", _("other")
        UNKNOWN = "unknown", _("unknown")

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mrn = models.CharField(_("medical record number"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    name_latin = models.CharField(_("Latin name"), max_length=160, blank=True)
    name_pinyin = models.CharField(max_length=240, blank=True, editable=False)
    name_initials = models.CharField(max_length=80, blank=True, editable=False)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = models.DateField(_("birth date"), db_index=True)
    deceased_date = models.DateField(_("date of death"), null=True, blank=True)
    national_id = EncryptedTextField(purpose="patient.national_id", null=True, blank=True)
    national_id_index = BlindIndexField(source="national_id", purpose="patient.national_id")
    phone = EncryptedTextField(purpose="patient.phone", null=True, blank=True)
    phone_index = BlindIndexField(source="phone", purpose="patient.phone")
    address = EncryptedTextField(purpose="patient.address", null=True, blank=True)
    contact = EncryptedTextField(purpose="patient.contact", null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=8, choices=Language.choices, default=Language.CHINESE
    )
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    is_demo = models.BooleanField(_("invented patient"), default=False, editable=False)
    ai_consent = models.BooleanField(_("agrees that models read the record"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ("name_pinyin", "mrn")
        indexes = (models.Index(fields=["name_pinyin", "mrn"], name="patient_by_name"),)
        constraints = (
            models.CheckConstraint(
                name="patient_has_a_name", condition=~models.Q(name_zh="") | ~models.Q(name_latin="")
            ),
            models.CheckConstraint(
                name="patient_dies_after_birth",
                condition=models.Q(deceased_date__isnull=True)
                | models.Q(deceased_date__gte=models.F("birth_date")),
            ),
            models.UniqueConstraint(
                name="patient_national_id_once",
                fields=["national_id_index"],
                condition=~models.Q(national_id_index=""),
            ),
        )

    def __str__(self) -> str:
        return self.mrn

    def age_on(self, day: date) -> int:
        """Completed years on ``day``."""
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)

    @property
    def age_years(self) -> int:
        return self.age_on(self.deceased_date or timezone.localdate())


class Identifier(models.Model):
    """A number that another system has for the patient (insurance card, referring hospital)."""

    PATIENT_PATH: ClassVar[str] = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="identifiers")
    system = models.CharField(_("issued by"), max_length=120)
    value = models.CharField(_("number"), max_length=120)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = (models.UniqueConstraint(fields=["system", "value"], name="identifier_once"),)

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class PatientSearchTerm(models.Model):
    """One spelling under which a patient is looked for; kept by the services, never edited by hand."""

    PATIENT_PATH: ClassVar[str] = "patient"

    class Kind(models.TextChoices):
        NUMBER = "number"
        NAME = "name"
        PART = "part"
        INITIALS = "initials"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="search_terms")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    term = models.CharField(max_length=240, db_index=True)

    class Meta:
        # Covers the question “whose term begins with this?”, so that common names stay quick.
        indexes = (models.Index(fields=["term", "patient"], name="search_term_of_patient"),)
        constraints = (models.UniqueConstraint(fields=["patient", "kind", "term"], name="search_term_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
