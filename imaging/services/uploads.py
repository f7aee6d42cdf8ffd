"""The frame around a sending of files."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from imaging.errors import UploadCancelledError
from imaging.models import Upload
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.models import Patient


@transaction.atomic
def start_upload(
    *,
    patient: Patient | None,
    by: User | None,
    source: str = Upload.Source.PAGE,
    expected_files: int | None = None,
    request: HttpRequest | None = None,
) -> Upload:
    """Begin a sending; without ``patient`` each file must name its own."""
    upload = Upload.objects.create(
        patient=patient, created_by=by, source=source, expected_files=expected_files
    )
    record(
        action=Action.IMAGE_UPLOAD,
        by=by,
        patient_id=patient.pk if patient else None,
        obj=upload,
        detail={"expected": expected_files or 0, "source": source},
        request=request,
    )
    return upload


@transaction.atomic
def cancel_upload(*, upload: Upload, by: User, request: HttpRequest | None = None) -> Upload:
    """Take no more files; what has arrived stays. Twice is once."""
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    if locked.cancelled_at is not None:
        return locked
    locked.cancelled_at, locked.cancelled_by = timezone.now(), by
    locked.save(update_fields=["cancelled_at", "cancelled_by"])
    record(action="image.upload-cancel", by=by, patient_id=locked.patient_id, obj=locked, request=request)
    return locked


def check_open(upload: Upload) -> None:
    """Raises UploadCancelledError."""
    if Upload.objects.filter(pk=upload.pk, cancelled_at__isnull=False).exists():
        raise UploadCancelledError
