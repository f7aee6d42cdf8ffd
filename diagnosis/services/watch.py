"""New images and notes are shown to their models without anybody asking."""

from collections.abc import Iterable
from typing import Any

from diagnosis.errors import ConsentWithdrawnError
from diagnosis.services.request import request_prediction
from imaging.models import Instance
from medapp.accounts.models import User
from medapp.errors import UnknownModelError
from medapp.records.models import Note

# A cross-sectional series has hundreds of images that no radiograph model reads; its first image is enough for
# the plain statement that it is out of scope.
EVERY_IMAGE_OF = frozenset({"CR", "DX", "RG", "DR", "PX", "XA", "OT", "SC"})


def predict_uploads(sender: Any, instances: Iterable[Instance], by: User | None, **kwargs: Any) -> None:
    """Receiver of ``imaging.signals.instances_stored``."""
    seen_series = set()
    for instance in instances:
        series = instance.series
        if series.study.patient_id is None:
            continue
        if series.modality not in EVERY_IMAGE_OF and (
            series.pk in seen_series or instance.instance_number not in (None, 1)
        ):
            continue
        seen_series.add(series.pk)
        _request(instance, by)


def predict_notes(sender: Any, note: Note, by: User, **kwargs: Any) -> None:
    """Receiver of ``records.signals.note_written``."""
    if note.origin == Note.Origin.HUMAN:
        _request(note, by)


def _request(subject: Instance | Note, by: User | None) -> None:
    """Ask, unless the patient or the site says no; either is normal and no reason to fail the upload."""
    try:
        request_prediction(subject=subject, by=by)
    except (ConsentWithdrawnError, UnknownModelError):
        return
