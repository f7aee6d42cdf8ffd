"""Entering and ending problems, medications, allergies, visits and measurements."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from medapp.records import services
from medapp.records.forms import (
    AllergyForm,
    ConditionForm,
    EncounterForm,
    EndConditionForm,
    MedicationForm,
    ReasonForm,
    measurement_form,
)
from medapp.records.models import (
    AllergyIntolerance,
    Condition,
    Encounter,
    MedicationRequest,
    Observation,
    Patient,
)
from medapp.records.presenters import condition_name, medication_name, observation_name, substance_name
from medapp.records.terminology import DIAGNOSES
from medapp.records.views.common import answer_form, user_of


def add_condition(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = ConditionForm(request.POST or None)

    def save() -> None:
        named = form.named()
        services.add_condition(
            patient=patient,
            code=named.code,
            display=named.zh,
            display_en=named.en,
            onset_date=form.cleaned_data["onset_date"],
            by=user_of(request),
            request=request,
        )

    return answer_form(
        request,
        form,
        save=save,
        done=_("The problem is in the record."),
        title=_("Add a problem"),
        patient=patient,
        diagnoses=DIAGNOSES,
    )


def end_condition(request: HttpRequest, condition: Condition) -> HttpResponse:
    """Resolve a problem, or take it back with a reason."""
    form = EndConditionForm(request.POST or None)

    def save() -> None:
        if "withdraw" in request.POST:
            services.withdraw_condition(
                condition=condition, reason=form.cleaned_data["reason"], by=user_of(request), request=request
            )
        else:
            services.resolve_condition(condition=condition, by=user_of(request), request=request)

    return answer_form(
        request,
        form,
        save=save,
        done=_("The list of problems is up to date."),
        title=_("End “%(name)s”") % {"name": condition_name(condition)},
        patient=condition.patient,
        template="records/condition_end.html",
    )


def add_medication(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = MedicationForm(request.POST or None, initial={"started_at": timezone.localdate()})
    return answer_form(
        request,
        form,
        save=lambda: services.add_medication(
            patient=patient, by=user_of(request), request=request, **form.cleaned_data
        ),
        done=_("The medication is in the record."),
        title=_("Add a medication"),
        patient=patient,
    )


def stop_medication(request: HttpRequest, medication: MedicationRequest) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return answer_form(
        request,
        form,
        save=lambda: services.stop_medication(
            medication=medication, reason=form.cleaned_data["reason"], by=user_of(request), request=request
        ),
        done=_("The medication is marked as stopped."),
        title=_("Stop “%(name)s”") % {"name": medication_name(medication)},
        patient=medication.patient,
    )


def add_allergy(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = AllergyForm(request.POST or None)
    return answer_form(
        request,
        form,
        save=lambda: services.add_allergy(
            patient=patient, by=user_of(request), request=request, **form.cleaned_data
        ),
        done=_("The allergy is in the record."),
        title=_("Add an allergy"),
        patient=patient,
    )


def refute_allergy(request: HttpRequest, allergy: AllergyIntolerance) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return answer_form(
        request,
        form,
        save=lambda: services.refute_allergy(
            allergy=allergy, reason=form.cleaned_data["reason"], by=user_of(request), request=request
        ),
        done=_("The allergy is marked as refuted."),
        title=_("Refute the allergy to “%(name)s”") % {"name": substance_name(allergy)},
        patient=allergy.patient,
    )


def add_encounter(request: HttpRequest, patient: Patient) -> HttpResponse:
    user = user_of(request)
    initial = {"started_at": timezone.localtime(), "department": user.department_id}
    form = EncounterForm(request.POST or None, initial=initial)
    return answer_form(
        request,
        form,
        save=lambda: services.add_encounter(
            patient=patient, doctor=user, by=user, request=request, **form.cleaned_data
        ),
        done=_("The visit is in the record."),
        title=_("Add a visit"),
        patient=patient,
    )


def finish_encounter(request: HttpRequest, encounter: Encounter) -> HttpResponse:
    form = Form(request.POST if request.method == "POST" else None)
    return answer_form(
        request,
        form,
        save=lambda: services.finish_encounter(encounter=encounter, by=user_of(request), request=request),
        done=_("The visit is finished."),
        title=_("Finish the visit"),
        patient=encounter.patient,
        template="records/confirm.html",
    )


def add_observations(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Vitals by default, laboratory values with ``?category=laboratory``; fields left empty were not measured."""
    category = request.GET.get("category", Observation.Category.VITAL)
    form = measurement_form(category, request.POST or None, initial={"observed_at": timezone.localtime()})
    return answer_form(
        request,
        form,
        save=lambda: services.record_measurements(
            patient=patient,
            values=form.values(),
            observed_at=form.cleaned_data["observed_at"],
            by=user_of(request),
            request=request,
        ),
        done=_("The values are in the record."),
        title=_("Enter laboratory values") if category == "laboratory" else _("Enter vital signs"),
        patient=patient,
        template="records/measurements.html",
        category=category,
    )


def withdraw_observation(request: HttpRequest, observation: Observation) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return answer_form(
        request,
        form,
        save=lambda: services.withdraw_observation(
            observation=observation, reason=form.cleaned_data["reason"], by=user_of(request), request=request
        ),
        done=_("The value is marked as entered in error."),
        title=_("Withdraw “%(name)s”") % {"name": observation_name(observation)},
        patient=observation.patient,
        landing=reverse("observations", args=[observation.patient_id]),
    )
