"""One maker for each model that a URL can be about: (patient or None, owner) -> row.

A model that a new URL names as its subject needs a maker here; the test of every URL says so.
"""

import io
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from django.db.models import Model

from consult.models import Article, Citation, Conversation, Turn
from diagnosis.models import BatchRun, Suggestion
from imaging.models import Instance, Series, Study, Upload, UploadFile
from medapp.accounts.models import BreakGlass, User
from medapp.jobs.models import Job
from medapp.records.models import (
    AllergyIntolerance,
    Attachment,
    Condition,
    Encounter,
    MedicationRequest,
    Note,
    Observation,
    Patient,
)
from medapp.registry.models import ModelVersion
from medapp.vault.services import store_blob
from tests.factories import conversations, diagnosis, imaging, records

Maker = Callable[[Any, User], Model]
_numbers = count(1)


def job(patient: Patient | None, owner: User) -> Job:
    return Job.objects.create(
        kind="diagnosis.batch", queue="cpu", requested_by=owner, idempotency_key=f"job-{next(_numbers)}"
    )


def glass(patient: Patient, owner: User) -> BreakGlass:
    """An opening by a third person, so that it opens nothing to the visitor."""
    now = records.SOME_DAY
    return BreakGlass.objects.create(
        patient=patient,
        user=patient.created_by,
        reason="test",
        opened_at=now,
        expires_at=now + timedelta(hours=1),
    )


def upload_file(patient: Patient | None, owner: User) -> UploadFile:
    """A file in quarantine."""
    blob = store_blob(stream=io.BytesIO(b"x"), media_type="application/octet-stream")
    return UploadFile.objects.create(
        upload=imaging.make_upload(owner, patient),
        patient=patient,
        name="x.dcm",
        verdict="quarantined",
        code="not-dicom",
        blob=blob,
        size_bytes=1,
    )


def suggestion(patient: Patient, owner: User) -> Suggestion:
    note = diagnosis.note(patient, owner)
    version = diagnosis.model_version("zh-department", "text-classification", digest="e" * 64)
    made = diagnosis.suggestion(patient, model_version=version, subject_type="note", subject_id=note.pk)
    made.prediction.heat_map = store_blob(stream=io.BytesIO(b"png"), media_type="image/png")
    made.prediction.save(update_fields=["heat_map"])
    return made


def batch_run(patient: Patient | None, owner: User) -> BatchRun:
    return BatchRun.objects.create(
        key=f"run-{next(_numbers)}",
        model_version=diagnosis.model_version(),
        source=BatchRun.Source.ROWS,
        title="run",
        total=0,
        owner=owner,
    )


def turn(patient: Patient | None, owner: User) -> Turn:
    return conversations.answer(conversations.conversation(owner, patient))


MAKERS: dict[type[Model], Maker] = {
    AllergyIntolerance: lambda patient, owner: records.allergy(patient, owner),
    Article: lambda patient, owner: conversations.article(),
    Attachment: lambda patient, owner: records.attachment(patient, owner),
    BatchRun: batch_run,
    BreakGlass: glass,
    Citation: lambda patient, owner: turn(patient, owner).citations.get(),
    Condition: lambda patient, owner: records.condition(patient, owner),
    Conversation: lambda patient, owner: conversations.conversation(owner, patient),
    Encounter: lambda patient, owner: records.encounter(patient, owner),
    Instance: lambda patient, owner: imaging.make_instance(owner, patient),
    Job: job,
    MedicationRequest: lambda patient, owner: records.medication(patient, owner),
    ModelVersion: lambda patient, owner: diagnosis.model_version(),
    Note: lambda patient, owner: diagnosis.note(patient, owner),
    Observation: lambda patient, owner: records.observation(patient, owner),
    Patient: lambda patient, owner: patient,
    Series: lambda patient, owner: imaging.make_instance(owner, patient).series,
    Study: lambda patient, owner: imaging.make_instance(owner, patient).series.study,
    Suggestion: suggestion,
    Turn: turn,
    Upload: lambda patient, owner: imaging.make_upload(owner, patient),
    UploadFile: upload_file,
}
