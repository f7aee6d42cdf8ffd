"""What people type on the department's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from imaging.errors import PatientNotChosenError
from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.records.models import Patient


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ReleaseForm(forms.Form):
    """``mrn`` is asked only where no chart was named at upload."""

    mrn = forms.CharField(label=_("Patient’s number"), max_length=32, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    is_confirmed = forms.BooleanField(label=_("I have compared the two and this is the same person."))

    def patient(self, user: User, known: Patient | None) -> Patient:
        """The patient to release to; raises PatientNotChosenError."""
        wanted: dict[str, Any] = (
            {"pk": known.pk} if known is not None else {"mrn": self.cleaned_data["mrn"].strip()}
        )
        found = visible_to(user, Action.QUARANTINE_REVIEW, Patient.objects.all()).filter(**wanted).first()
        if found is None:
            raise PatientNotChosenError
        return found
