"""The things that models look at, and how each becomes a model's input."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from diagnosis.errors import UnsuitableModelError
from diagnosis.models import Subject, Suggestion
from imaging.models import Instance
from imaging.queries import model_input
from medapp.errors import NotFoundError
from medapp.records.models import Note, Patient

TASK_OF = {Subject.INSTANCE: "image-classification", Subject.NOTE: "text-classification"}
KIND_OF = {Subject.INSTANCE: Suggestion.Kind.FINDING, Subject.NOTE: Suggestion.Kind.DEPARTMENT}


@dataclass(frozen=True)
class Loaded:
    """A subject with its digest and the input that the model takes."""

    patient: Patient
    digest: str
    value: Any


def digest_of(subject: Instance | Note) -> str:
    """Return the digest of what the model would read; another content is another prediction."""
    if isinstance(subject, Instance):
        return str(subject.pixel_digest)
    return hashlib.sha256(f"{subject.title}\n{subject.text}".encode()).hexdigest()


def subject_type_of(subject: Instance | Note) -> Subject:
    return Subject.INSTANCE if isinstance(subject, Instance) else Subject.NOTE


def patient_of(subject: Instance | Note) -> Patient:
    return subject.series.study.patient if isinstance(subject, Instance) else subject.patient


def find(subject_type: str, subject_id: UUID | str) -> Instance | Note:
    """Return the row behind (type, id). Raises NotFoundError."""
    model = Instance if subject_type == Subject.INSTANCE else Note
    found = model._default_manager.filter(pk=subject_id).first()
    if found is None:
        raise NotFoundError
    return found


def load(subject_type: str, subject_id: UUID | str) -> Loaded:
    """Decode the image (in the sandbox) or read the note. Raises the refusal of either."""
    subject = find(subject_type, subject_id)
    if isinstance(subject, Instance):
        return Loaded(patient_of(subject), digest_of(subject), model_input(subject))
    text = f"{subject.title}\n{subject.text}".strip()
    return Loaded(subject.patient, digest_of(subject), text)


def check_task(task: str, subject_type: str, name: str) -> None:
    """Raise UnsuitableModelError where a model of ``task`` cannot read such a subject."""
    if TASK_OF.get(Subject(subject_type)) != task:
        raise UnsuitableModelError(name=name)
