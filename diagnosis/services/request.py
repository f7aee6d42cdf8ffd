"""Ask a model about an image or a note."""

from typing import Any

from django.conf import settings
from django.db import transaction

from diagnosis import subjects
from diagnosis.errors import ConsentWithdrawnError
from diagnosis.models import Subject
from diagnosis.prediction import IMAGE_KIND, TEXT_KIND
from imaging.models import Instance
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.jobs.models import Job
from medapp.jobs.services import enqueue_job
from medapp.records.models import Note
from medapp.registry import queries as registry
from medapp.registry.models import ModelVersion

KIND_OF = {Subject.INSTANCE: IMAGE_KIND, Subject.NOTE: TEXT_KIND}


@transaction.atomic
def request_prediction(
    *,
    subject: Instance | Note,
    by: User | None,
    model_name: str | None = None,
    ignore_scope: bool = False,
    request: Any = None,
) -> Job:
    """Queue one prediction; the same input, model and settings give the same job.

    ``ignore_scope`` is a doctor's word against the input gate; it is audited and marks the result.
    Raises ConsentWithdrawnError, UnknownModelError or UnsuitableModelError.
    """
    subject_type = subjects.subject_type_of(subject)
    version = registry.champion(model_name or settings.DEFAULT_MODELS[subject_type])
    subjects.check_task(version.task, subject_type, version.name)
    patient = subjects.patient_of(subject)
    if not patient.ai_consent:
        raise ConsentWithdrawnError
    job = enqueue_job(
        kind=KIND_OF[subject_type],
        payload={
            "model_version": str(version.pk),
            "subject_type": subject_type.value,
            "subject_id": str(subject.pk),
            "ignore_scope": ignore_scope,
        },
        by=by,
        idempotency_key=idempotency_key(version, subject, ignore_scope),
        patient_id=patient.pk,
        priority=10,
    )
    if ignore_scope:
        detail = {"model": version.name, "subject": str(subject.pk)}
        record(
            action=Action.SCOPE_OVERRIDE,
            by=by,
            patient_id=patient.pk,
            obj=job,
            detail=detail,
            request=request,
        )
    return job


def idempotency_key(version: ModelVersion, subject: Instance | Note, ignore_scope: bool) -> str:
    digest = subjects.digest_of(subject)
    return f"predict:{version.digest[:16]}:{subject.pk}:{digest[:32]}:{int(ignore_scope)}"
