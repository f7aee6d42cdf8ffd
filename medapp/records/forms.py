"""What people type about a patient. Forms check shape; the services check the record."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medapp.accounts.actions import Role
from medapp.accounts.models import Department, User
from medapp.records.catalogue import BY_CODE, LABORATORIES, VITALS, Measure
from medapp.records.models import AllergyIntolerance, Encounter, Note, Patient
from medapp.records.presenters import unit_words
from medapp.records.terminology import Diagnosis, known_diagnosis

OLDEST_BIRTH = date(1880, 1, 1)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class PastMomentField(forms.DateTimeField):
    widget = MomentInput

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and moment > timezone.now() + timedelta(minutes=5):
            raise forms.ValidationError(_("This lies in the future."))
        return moment


class PastDateField(forms.DateField):
    widget = DateInput

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not OLDEST_BIRTH <= day <= timezone.localdate():
            raise forms.ValidationError(_("This date is not possible: it lies in the future or before 1880."))
        return day


class PatientForm(forms.ModelForm):
    birth_date = PastDateField(label=_("Birth date"))
    deceased_date = PastDateField(label=_("Date of death"), required=False)
    national_id = forms.CharField(label=_("National identifier"), max_length=30, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    contact = forms.CharField(
        label=_("Person to call"), max_length=200, required=False, help_text=_("Name, relation, phone")
    )

    class Meta:
        model = Patient
        fields: ClassVar = [
            "mrn", "name_zh", "name_latin", "sex", "birth_date", "deceased_date", "department", "language",
            "phone", "national_id", "address", "contact", "ai_consent",
        ]  # fmt: skip

    def validate_unique(self) -> None:
        """The service names the number that is taken, in one place for forms, imports and the API."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not (data.get("name_zh") or data.get("name_latin")):
            raise forms.ValidationError(_("Give at least one name, Chinese or Latin."))
        born, died = data.get("birth_date"), data.get("deceased_date")
        if born and died and died < born:
            self.add_error("deceased_date", _("This lies before the birth."))
        return data

    def _post_clean(self) -> None:
        """Leave the instance alone: the service writes it."""


class NoteForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Note.Kind)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = forms.CharField(label=_("Text"), strip=False, widget=forms.Textarea(attrs={"rows": 18}))
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AmendmentForm(NoteForm):
    kind = None  # type: ignore[assignment]
    reason = forms.CharField(label=_("Reason for the amendment"), max_length=500)
    field_order = ["reason", "title", "text", "based_on"]


class ConditionForm(forms.Form):
    diagnosis = forms.CharField(
        label=_("Diagnosis"),
        max_length=200,
        help_text=_("Code or name; a known one is coded by itself."),
        widget=forms.TextInput(attrs={"list": "known-diagnoses"}),
    )
    onset_date = PastDateField(label=_("Since"), required=False)

    def named(self) -> Diagnosis:
        """Return the diagnosis; words that are not in the terminology stay as they are, without a code."""
        words = self.cleaned_data["diagnosis"]
        return known_diagnosis(words) or Diagnosis("", words, "")


class MedicationForm(forms.Form):
    name = forms.CharField(label=_("Medication"), max_length=160)
    dose_text = forms.CharField(label=_("Dose"), max_length=80, required=False, help_text=_("e.g. 5 mg"))
    frequency = forms.CharField(
        label=_("How often"), max_length=80, required=False, help_text=_("e.g. once a day")
    )
    route = forms.CharField(label=_("Route"), max_length=40, required=False, help_text=_("e.g. by mouth"))
    started_at = PastDateField(label=_("Since"), required=False)


class AllergyForm(forms.Form):
    substance = forms.CharField(label=_("Substance"), max_length=120)
    reaction = forms.CharField(label=_("Reaction"), max_length=200, required=False)
    criticality = forms.ChoiceField(label=_("Risk"), choices=AllergyIntolerance.Criticality)


class EncounterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Encounter.Kind)
    department = forms.ModelChoiceField(Department.objects.all(), label=_("Department"), required=False)
    started_at = PastMomentField(label=_("Began"))
    ended_at = PastMomentField(label=_("Ended"), required=False, help_text=_("Leave empty while it goes on."))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        began, ended = data.get("started_at"), data.get("ended_at")
        if began and ended and ended < began:
            self.add_error("ended_at", _("This lies before the beginning."))
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class EndConditionForm(ReasonForm):
    """The reason is needed only for what was entered in error; the service asks for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class AttachmentForm(forms.Form):
    file = forms.FileField(
        label=_("File"), allow_empty_file=True, help_text=_("PDF, picture or text, up to 32 MiB")
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)


class MeasurementForm(forms.Form):
    """One field a measurement; only what was measured is filled in. ``measures`` are those of the catalogue."""

    observed_at = PastMomentField(label=_("Measured at"))

    def __init__(self, *args: Any, measures: tuple[Measure, ...] = VITALS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = measures
        for measure in measures:
            self.fields[measure.code] = forms.DecimalField(
                label=measure.label,
                required=False,
                max_digits=12,
                decimal_places=4,
                help_text=unit_words(measure.unit),
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for measure in self.measures:
            self._check(measure, data.get(measure.code))
        if not self.errors and not self.values():
            raise forms.ValidationError(_("Enter at least one value."))
        self._check_pressures(data)
        return data

    def values(self) -> dict[str, Decimal]:
        return {code: self.cleaned_data[code] for code in BY_CODE if self.cleaned_data.get(code) is not None}

    def _check(self, measure: Measure, value: Decimal | None) -> None:
        if value is not None and not Decimal(str(measure.least)) <= value <= Decimal(str(measure.most)):
            words = _("Not possible: between %(low)s and %(high)s %(unit)s.") % {
                "low": f"{measure.least:g}",
                "high": f"{measure.most:g}",
                "unit": unit_words(measure.unit),
            }
            self.add_error(measure.code, words)

    def _check_pressures(self, data: dict[str, Any]) -> None:
        systolic, diastolic = data.get("8480-6"), data.get("8462-4")
        if systolic is not None and diastolic is not None and diastolic >= systolic:
            self.add_error("8462-4", _("The diastolic pressure must be below the systolic one."))


class CareTeamForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), label=_("Colleague"))

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = patient.care_team.filter(until__isnull=True).values("user")
        clinicians = User.objects.filter(is_active=True, role__in=(Role.DOCTOR, Role.NURSE))
        choice = cast("forms.ModelChoiceField[User]", self.fields["user"])
        choice.queryset = clinicians.exclude(pk__in=members).order_by("display_name", "username")


def measurement_form(category: str, *args: Any, **kwargs: Any) -> MeasurementForm:
    return MeasurementForm(*args, measures=LABORATORIES if category == "laboratory" else VITALS, **kwargs)
