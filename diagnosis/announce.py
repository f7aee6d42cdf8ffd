"""What the diagnosis department announces to the rest of the house."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diagnosis import panels, prediction, presenters, queries
from diagnosis.batch import score
from diagnosis.batch.start import BATCH_KIND
from diagnosis.demo import load_predictions
from diagnosis.models import BatchRun, DiagnosticReport, Subject, Suggestion
from diagnosis.services.watch import predict_notes, predict_uploads
from imaging.signals import instances_stored
from medapp import plugs
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.presenters import register_sentence
from medapp.jobs.models import Job
from medapp.records.models import Patient
from medapp.records.signals import note_written

WORKLIST_ROWS = 12
IMAGES_AT_ONCE = 16
NOTES_AT_ONCE = 32


def register() -> None:
    _register_jobs()
    _register_pages()
    _register_words()
    instances_stored.connect(predict_uploads, dispatch_uid="diagnosis.predict-uploads")
    note_written.connect(predict_notes, dispatch_uid="diagnosis.predict-notes")


def _register_jobs() -> None:
    for kind, label, size in (
        (prediction.IMAGE_KIND, _("Image finding"), IMAGES_AT_ONCE),
        (prediction.TEXT_KIND, _("Department suggestion"), NOTES_AT_ONCE),
    ):
        plugs.job_kinds.register(
            plugs.JobKind(
                kind,
                settings.MODEL_QUEUE,
                prediction.run,
                label=label,
                batch_size=size,
                url=_subject_url,
            )
        )
    plugs.job_kinds.register(
        plugs.JobKind(
            BATCH_KIND,
            settings.MODEL_QUEUE,
            score.run,
            label=_("Batch scoring"),
            lease_seconds=180,
            url=_run_url,
        )
    )


def _register_pages() -> None:
    read = Action.SUGGESTION_READ
    plugs.menu_entries.register(
        plugs.MenuEntry("suggestions", _("Suggestions"), "suggestions", read, order=25, shortcut="s")
    )
    plugs.menu_entries.register(
        plugs.MenuEntry("batch", _("Batch"), "batch", Action.BATCH_READ, order=50, shortcut="b")
    )
    plugs.patient_tabs.register(
        plugs.PatientTab(
            "suggestions",
            _("Suggestions"),
            "patient-suggestions",
            read,
            order=50,
            prefixes=("/suggestions/",),
        )
    )
    plugs.worklist_sections.register(
        plugs.WorklistSection(
            "suggestions", "diagnosis/_worklist.html", _worklist, Action.SUGGESTION_DECIDE, order=10
        )
    )
    plugs.chart_panels.register(plugs.ChartPanel("reports", "diagnosis/_chart.html", _chart, read, order=20))
    plugs.timeline_sources.register(
        plugs.TimelineSource("suggestion", _("Suggestions and decisions"), read, _timeline)
    )
    plugs.demo_steps.register(plugs.DemoStep("models", _("Models"), load_predictions, order=70))
    for subject in ("instance", "note"):
        plugs.subject_panels.register(
            plugs.SubjectPanel(f"diagnosis.{subject}", subject, "diagnosis/_panel.html", panels.context, read)
        )


def _register_words() -> None:
    """How the accountability pages speak of this department's events and rows."""
    register_sentence("model.run", _("The model %(model)s was run (asked for by %(actor)s)."))
    for model, label, url_name in (
        (Suggestion, _("AI suggestion"), "suggestion"),
        (BatchRun, _("batch run"), "batch-run"),
    ):
        plugs.record_links.register(
            plugs.RecordLink(model._meta.label_lower, label, partial(_opened, url_name), model)
        )


def _opened(url_name: str, object_id: str) -> str:
    return reverse(url_name, args=[object_id])


def _subject_url(job: Job) -> str:
    name = "instance" if job.payload["subject_type"] == Subject.INSTANCE else "note"
    return reverse(name, args=[job.payload["subject_id"]])


def _run_url(job: Job) -> str:
    return reverse("batch-run", args=[job.payload["run"]])


def _worklist(user: User) -> dict[str, Any]:
    rows = queries.waiting_for(user)
    entries = [presenters.present(row, user) | {"patient": row.patient} for row in rows[:WORKLIST_ROWS]]
    return {"entries": entries, "total": rows.count()}


def _chart(patient: Patient, user: User) -> dict[str, Any]:
    reports = DiagnosticReport.objects.filter(patient=patient, status=DiagnosticReport.Status.FINAL)
    waiting = [presenters.present(row, user) for row in queries.waiting_for(user).filter(patient=patient)[:3]]
    return {"reports": reports.select_related("issued_by", "decision")[:8], "waiting": waiting}


def _timeline(patient: Patient, user: User) -> Iterator[plugs.TimelineEntry]:
    for row in queries.suggestions_of(patient, user):
        labels = presenters.labels_of(row.prediction)
        yield plugs.TimelineEntry(
            at=row.created_at,
            kind="suggestion",
            title=presenters.TITLES[row.kind],
            detail=presenters.top_words(labels) or str(row.get_status_display()),
            url=reverse("suggestion", args=[row.pk]),
            by=f"{row.prediction.model_version} · {row.get_status_display()}",
            is_machine_made=True,
        )
