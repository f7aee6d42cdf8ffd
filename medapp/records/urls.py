from django.db.models import Model
from django.urls import URLPattern

from medapp.accounts.actions import Action
from medapp.accounts.routes import View, guard
from medapp.records import models
from medapp.records.views import attachments, chart, entries, notes, patients, search, worklist


def of_patient(pattern: str, view: View, *, action: Action, name: str) -> URLPattern:
    return guard(f"patients/<uuid:pk>/{pattern}", view, action=action, name=name, subject=models.Patient)


def of_note(pattern: str, view: View, *, action: Action, name: str) -> URLPattern:
    return guard(f"notes/<uuid:pk>/{pattern}", view, action=action, name=name, subject=models.Note)


def entry(pattern: str, view: View, *, subject: type[Model], name: str) -> URLPattern:
    """The end of one entry of the chart."""
    return guard(pattern, view, action=Action.CHART_WRITE, name=name, subject=subject)


urlpatterns = [
    guard("", worklist.worklist, action=Action.WORKLIST_VIEW, name="worklist"),
    guard("search", search.search, action=Action.WORKLIST_VIEW, name="search"),
    guard("patients/", patients.patients, action=Action.PATIENT_SEARCH, name="patients"),
    guard("patients/new", patients.add_patient, action=Action.PATIENT_CREATE, name="patient-new"),
    of_patient("", chart.overview, action=Action.CHART_READ, name="chart"),
    of_patient("timeline", chart.timeline_page, action=Action.CHART_READ, name="timeline"),
    of_patient("observations", chart.observations, action=Action.CHART_READ, name="observations"),
    of_patient("notes", notes.notes, action=Action.CHART_READ, name="notes"),
    of_patient("edit", patients.edit_patient, action=Action.CHART_WRITE, name="patient-edit"),
    of_patient("care-team", patients.care_team, action=Action.CARE_TEAM_MANAGE, name="care-team"),
    of_patient("break-glass", patients.break_glass, action=Action.BREAK_GLASS_OPEN, name="break-glass"),
    of_patient("notes/new", notes.write_note, action=Action.NOTE_WRITE, name="note-new"),
    of_patient(
        "observations/new", entries.add_observations, action=Action.OBSERVATION_WRITE, name="observation-new"
    ),
    of_patient("conditions/new", entries.add_condition, action=Action.CHART_WRITE, name="condition-new"),
    of_patient("medications/new", entries.add_medication, action=Action.CHART_WRITE, name="medication-new"),
    of_patient("allergies/new", entries.add_allergy, action=Action.CHART_WRITE, name="allergy-new"),
    of_patient("encounters/new", entries.add_encounter, action=Action.CHART_WRITE, name="encounter-new"),
    of_patient(
        "attachments/new", attachments.add_attachment, action=Action.CHART_WRITE, name="attachment-new"
    ),
    of_note("", notes.note, action=Action.CHART_READ, name="note"),
    of_note("revise", notes.revise_note, action=Action.NOTE_WRITE, name="note-revise"),
    of_note("sign", notes.sign_note, action=Action.NOTE_SIGN, name="note-sign"),
    of_note("amend", notes.amend_note, action=Action.NOTE_SIGN, name="note-amend"),
    of_note("history", notes.history, action=Action.CHART_READ, name="note-history"),
    entry("conditions/<uuid:pk>/end", entries.end_condition, subject=models.Condition, name="condition-end"),
    entry(
        "medications/<uuid:pk>/stop",
        entries.stop_medication,
        subject=models.MedicationRequest,
        name="medication-stop",
    ),
    entry(
        "allergies/<uuid:pk>/refute",
        entries.refute_allergy,
        subject=models.AllergyIntolerance,
        name="allergy-refute",
    ),
    entry(
        "encounters/<uuid:pk>/finish",
        entries.finish_encounter,
        subject=models.Encounter,
        name="encounter-finish",
    ),
    entry(
        "attachments/<uuid:pk>/withdraw",
        attachments.withdraw_attachment,
        subject=models.Attachment,
        name="attachment-withdraw",
    ),
    guard(
        "observations/<uuid:pk>/withdraw",
        entries.withdraw_observation,
        action=Action.OBSERVATION_WRITE,
        subject=models.Observation,
        name="observation-withdraw",
    ),
    guard(
        "attachments/<uuid:pk>/",
        attachments.attachment,
        action=Action.CHART_READ,
        subject=models.Attachment,
        name="attachment",
    ),
]
