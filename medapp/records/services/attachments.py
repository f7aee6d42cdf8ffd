"""Files in the record, encrypted in the vault."""

from codecs import getincrementaldecoder
from typing import BinaryIO

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.errors import AlreadyEndedError, EmptyFileError, ReasonMissingError
from medapp.records.models import Attachment, Note, Patient
from medapp.vault.services import store_blob

LARGEST_ATTACHMENT = 32 * 1024 * 1024  # bytes
HEAD_BYTES = 1024
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


@transaction.atomic
def attach_file(
    *,
    patient: Patient,
    stream: BinaryIO,
    title: str,
    by: User,
    note: Note | None = None,
    request: HttpRequest | None = None,
) -> Attachment:
    """Store a file in the record. Its type is read from its first bytes, never from what the sender claims.

    Raises EmptyFileError, TooLargeError.
    """
    head = stream.read(HEAD_BYTES)
    if not head:
        raise EmptyFileError
    stream.seek(0)
    media_type = sniffed_type(head)
    blob = store_blob(stream=stream, media_type=media_type, limit_bytes=LARGEST_ATTACHMENT)
    attachment = Attachment.objects.create(
        patient=patient,
        note=note,
        blob=blob,
        title=title.strip()[:200],
        media_type=media_type,
        size_bytes=blob.size_bytes,
        recorded_by=by,
    )
    detail = {"media_type": media_type, "bytes": blob.size_bytes}
    record(
        action="attachment.add", by=by, patient_id=patient.pk, obj=attachment, detail=detail, request=request
    )
    return attachment


@transaction.atomic
def withdraw_attachment(
    *, attachment: Attachment, reason: str, by: User, request: HttpRequest | None = None
) -> Attachment:
    """Take a file out of sight (wrong patient, wrong file); the bytes stay for accountability."""
    if not reason.strip():
        raise ReasonMissingError
    locked = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if locked.withdrawn_at is not None:
        raise AlreadyEndedError
    locked.withdrawn_at, locked.withdrawn_by = timezone.now(), by
    locked.withdrawn_reason = reason.strip()[:200]
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record(
        action="attachment.withdraw",
        by=by,
        patient_id=locked.patient_id,
        obj=locked,
        reason=reason.strip(),
        request=request,
    )
    return locked


def sniffed_type(head: bytes) -> str:
    """Return the media type of a file that begins with ``head``."""
    for signature, media_type in SIGNATURES:
        if head.startswith(signature):
            return media_type
    if b"\x00" in head:
        return "application/octet-stream"
    try:
        # What was read may end within a character, which only the end of a whole file may not.
        getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"
