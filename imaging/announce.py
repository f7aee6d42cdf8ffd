"""What the imaging department announces to the rest of the house."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from imaging import presenters, queries
from imaging.demo import load_images
from imaging.dicom import sandbox
from imaging.dicom.errors import DicomRefusedError
from imaging.models import Instance, Series, Study, Upload, UploadFile
from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.presenters import register_sentence
from medapp.records.models import Patient

PANEL_STUDIES = 4
WORKLIST_ROWS = 8
WORKLIST_FILES = 200
SENTENCES = {
    Action.IMAGE_READ: _("%(actor)s opened images."),
    Action.IMAGE_UPLOAD: _("%(actor)s began to upload images."),
    "image.receive": _("%(actor)s sent files; %(images)s images were stored."),
    "image.upload-cancel": _("%(actor)s cancelled an upload."),
    "image.view": _("%(actor)s looked at the pictures of a series."),
    "image.download": _("%(actor)s downloaded an original image file."),
    "quarantine.release": _("%(actor)s released %(images)s images from quarantine to the chart."),
    "quarantine.discard": _("%(actor)s set a quarantined file aside."),
}
REFUSED = {
    Action.IMAGE_READ: _("%(actor)s was refused images."),
    Action.IMAGE_UPLOAD: _("%(actor)s was refused an upload of images."),
    Action.QUARANTINE_REVIEW: _("%(actor)s was refused a quarantined file."),
}


def announce() -> None:
    _pages()
    _links()
    plugs.health_checks.register(plugs.HealthCheck("imaging-reader", reader_health))
    plugs.demo_steps.register(plugs.DemoStep("images", _("Images"), load_images, order=40))
    for action, sentence in SENTENCES.items():
        register_sentence(action, sentence)
    for action, sentence in REFUSED.items():
        register_sentence(action, sentence, outcome="refused")


def _pages() -> None:
    read = Action.IMAGE_READ
    plugs.menu_entries.register(
        plugs.MenuEntry("studies", _("Studies"), "studies", read, order=20, shortcut="i")
    )
    plugs.patient_tabs.register(
        plugs.PatientTab(
            "images",
            _("Images"),
            "patient-images",
            read,
            order=40,
            prefixes=("/studies/", "/series/", "/instances/", "/uploads/"),
        )
    )
    plugs.chart_panels.register(
        plugs.ChartPanel("images", "imaging/_chart.html", chart_panel, read, order=10)
    )
    plugs.timeline_sources.register(plugs.TimelineSource("images", _("Images"), read, timeline))
    plugs.worklist_sections.register(
        plugs.WorklistSection(
            "quarantine", "imaging/_worklist.html", worklist, Action.QUARANTINE_REVIEW, order=40
        )
    )


def _links() -> None:
    for model, label, url_name in (
        (Study, _("study"), "study"),
        (Series, _("series"), "series"),
        (Instance, _("image"), "instance"),
        (Upload, _("upload"), "upload"),
        (UploadFile, _("uploaded file"), "quarantined-file"),
    ):
        plugs.record_links.register(
            plugs.RecordLink(model._meta.label_lower, label, _opener(url_name), model)
        )


def _opener(url_name: str):  # type: ignore[no-untyped-def]
    return lambda object_id: reverse(url_name, args=[object_id])


def chart_panel(patient: Patient, user: User) -> dict[str, Any]:
    studies = queries.studies_of(patient)
    return {
        "rows": [presenters.study_row(study) for study in studies[:PANEL_STUDIES]],
        "total": studies.count(),
        "images_url": reverse("patient-images", args=[patient.pk]),
        "may_upload": can(user, Action.IMAGE_UPLOAD, patient),
    }


def worklist(user: User) -> dict[str, Any]:
    waiting = queries.quarantine_visible_to(user)
    rows = presenters.quarantine_rows(waiting.order_by("-created_at")[:WORKLIST_FILES])[:WORKLIST_ROWS]
    return {"rows": rows, "total": waiting.count(), "quarantine_url": reverse("quarantine")}


def timeline(patient: Patient, user: User) -> Iterator[plugs.TimelineEntry]:
    for study in queries.studies_of(patient).select_related("created_by"):
        row = presenters.study_row(study)
        count = ngettext("%(n)d image", "%(n)d images", row["image_count"]) % {"n": row["image_count"]}
        yield plugs.TimelineEntry(
            at=study_moment(study),
            kind="image",
            title=row["title"],
            detail=" · ".join(filter(None, (row["modalities"], row["body_parts"], count))),
            url=row["url"],
            by=str(study.created_by or ""),
        )


def study_moment(study: Study) -> datetime:
    if study.study_date is None:
        return study.created_at
    moment = datetime.combine(study.study_date, study.study_time or time(12))
    return timezone.make_aware(moment)


def reader_health() -> plugs.HealthItem:
    try:
        sandbox.default_pool().warm_up()
    except DicomRefusedError:
        return plugs.HealthItem("fail", _("Image files cannot be read: the reader process does not start."))
    return plugs.HealthItem("ok", _("Image files are read in a limited process."))
