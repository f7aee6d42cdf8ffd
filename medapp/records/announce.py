"""What the records department shows elsewhere: menu, tabs, timeline, search, sentences of the audit trail."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from medapp import plugs
from medapp.accounts.actions import Action
from medapp.audit.presenters import register_sentence
from medapp.plugs import (
    DemoStep,
    MenuEntry,
    PatientTab,
    RecordLink,
    SearchSource,
    TimelineSource,
    WorklistSection,
)
from medapp.records import models, timeline
from medapp.records.demo.load import load_clinic
from medapp.records.views.search import patient_hits, problem_hits
from medapp.records.views.worklist import drafts_section, own_patients_section

SENTENCES = {
    Action.PATIENT_CREATE: _("%(actor)s added the patient."),
    "patient.update": _("%(actor)s changed the personal data."),
    "encounter.add": _("%(actor)s added a visit."),
    "encounter.finish": _("%(actor)s finished a visit."),
    "observation.add": _("%(actor)s entered %(count)s values."),
    "observation.withdraw": _("%(actor)s marked a value as entered in error."),
    "condition.add": _("%(actor)s added a problem."),
    "condition.resolve": _("%(actor)s marked a problem as resolved."),
    "condition.withdraw": _("%(actor)s marked a problem as entered in error."),
    "medication.add": _("%(actor)s added a medication."),
    "medication.stop": _("%(actor)s marked a medication as stopped."),
    "allergy.add": _("%(actor)s added an allergy."),
    "allergy.refute": _("%(actor)s marked an allergy as refuted."),
    "note.write": _("%(actor)s began a note."),
    "note.revise": _("%(actor)s revised the draft of a note."),
    "note.sign": _("%(actor)s signed a note."),
    "note.amend": _("%(actor)s amended a signed note."),
    "attachment.add": _("%(actor)s attached a file."),
    "attachment.withdraw": _("%(actor)s took a file back."),
    "import.start": _("%(actor)s read a file of %(kind)s for import."),
    "import.apply": _("%(actor)s imported %(created)s rows of %(kind)s."),
    "import.discard": _("%(actor)s discarded an import of %(kind)s."),
    "import.row": _("%(actor)s imported a row of %(kind)s."),
    "import.download": _("%(actor)s downloaded the rows that an import refused."),
}


def announce() -> None:
    _menu_and_tabs()
    _sources()
    _worklist()
    for action, sentence in SENTENCES.items():
        register_sentence(action, sentence)
    _links()
    plugs.demo_steps.register(DemoStep("clinic", _("People and patients"), load_clinic, order=0))


def _menu_and_tabs() -> None:
    plugs.menu_entries.register(
        MenuEntry("worklist", _("Worklist"), "worklist", Action.WORKLIST_VIEW, order=0, shortcut="w")
    )
    plugs.menu_entries.register(
        MenuEntry("patients", _("Patients"), "patients", Action.PATIENT_SEARCH, order=10, shortcut="p")
    )
    for order, (key, label, url_name, prefixes) in enumerate(
        (
            ("overview", _("Overview"), "chart", ()),
            ("timeline", _("Timeline"), "timeline", ()),
            ("observations", _("Measurements"), "observations", ()),
            ("notes", _("Notes"), "notes", ("/notes/",)),
        )
    ):
        plugs.patient_tabs.register(
            PatientTab(key, label, url_name, Action.CHART_READ, order=order, prefixes=prefixes)
        )
    plugs.patient_tabs.register(
        PatientTab("care-team", _("Care team"), "care-team", Action.CARE_TEAM_MANAGE, order=90)
    )


def _sources() -> None:
    for key, label, fetch in (
        ("encounters", _("Visits"), timeline.encounters),
        ("notes", _("Notes"), timeline.notes),
        ("conditions", _("Problems"), timeline.conditions),
        ("medications", _("Medications"), timeline.medications),
        ("observations", _("Measurements"), timeline.observations),
    ):
        plugs.timeline_sources.register(TimelineSource(key, label, Action.CHART_READ, fetch))
    plugs.search_sources.register(
        SearchSource("patients", _("Patients"), Action.PATIENT_SEARCH, patient_hits, order=0)
    )
    plugs.search_sources.register(
        SearchSource("problems", _("Problems of my patients"), Action.CHART_READ, problem_hits, order=10)
    )


def _worklist() -> None:
    drafts = WorklistSection(
        "drafts", "records/_worklist_drafts.html", drafts_section, Action.NOTE_SIGN, order=40
    )
    own = WorklistSection(
        "own-patients", "records/_worklist_patients.html", own_patients_section, Action.CHART_READ, order=60
    )
    plugs.worklist_sections.register(drafts)
    plugs.worklist_sections.register(own)


def _links() -> None:
    for model, label, url_name in (
        (models.Patient, _("patient"), "chart"),
        (models.Note, _("note"), "note"),
        (models.Attachment, _("attachment"), "attachment"),
        (models.Observation, _("observation"), None),
        (models.Condition, _("condition"), None),
        (models.MedicationRequest, _("medication"), None),
        (models.AllergyIntolerance, _("allergy"), None),
        (models.Encounter, _("encounter"), None),
        (models.ImportRun, _("import"), None),
    ):
        url = None if url_name is None else _opener(url_name)
        plugs.record_links.register(RecordLink(model._meta.label_lower, label, url, model))


def _opener(url_name: str) -> Callable[[str], str]:
    return lambda object_id: reverse(url_name, args=[object_id])
