"""The one way in: whatever comes by page, command or protocol goes through ``receive_files``.

A file is read in the sandbox first, outside of any transaction; then its bytes are made durable in the
vault; then its rows are written in one short transaction. A verdict is given only after that.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from imaging.dicom import sandbox, zipping
from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.sandbox import Inspection
from imaging.models import Instance, Upload, UploadFile
from imaging.services.archive import add_instance
from imaging.services.placement import Placement, place
from imaging.services.uploads import check_open
from imaging.signals import instances_stored
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.typed import plain_line
from medapp.vault.models import Blob
from medapp.vault.services import delete_blob, store_blob

logger = logging.getLogger(__name__)

Verdict = UploadFile.Verdict
MEDIA_TYPE = "application/dicom"
NAME_LENGTH = 400


@dataclass(frozen=True)
class Incoming:
    """A file on its way in. ``stream`` is seekable; its name is for people and never a path."""

    name: str
    stream: BinaryIO


def receive_files(
    *,
    upload: Upload,
    files: Iterable[Incoming],
    by: User | None,
    request: HttpRequest | None = None,
) -> list[UploadFile]:
    """Give every file (and every member of a ZIP) its verdict; never raises for what a file holds."""
    return list(iter_received(upload=upload, files=files, by=by, request=request))


def iter_received(
    *,
    upload: Upload,
    files: Iterable[Incoming],
    by: User | None,
    request: HttpRequest | None = None,
) -> Iterator[UploadFile]:
    """The same one by one, for callers that show progress. Accounts for what came even if it is cut off."""
    stored: list[Instance] = []
    counts: Counter[str] = Counter()
    try:
        for file in files:
            for result in _receive(upload, file, by):
                counts[result.verdict] += 1
                if result.verdict == Verdict.STORED and result.instance is not None:
                    stored.append(result.instance)
                yield result
    finally:
        _account(upload, stored, counts, by, request)


def _account(
    upload: Upload, stored: list[Instance], counts: Counter[str], by: User | None, request: HttpRequest | None
) -> None:
    """One event for each patient who got images, one for a sending that stored nothing; then the bell."""
    by_patient: Counter[Any] = Counter(instance.series.study.patient_id for instance in stored)
    with transaction.atomic():
        for patient_id, images in by_patient.items() or [(upload.patient_id, 0)]:
            detail = {"images": images, **counts}
            record(
                action="image.receive",
                by=by,
                patient_id=patient_id,
                obj=upload,
                detail=detail,
                request=request,
            )
        transaction.on_commit(lambda: announce(upload, stored, by))


def announce(upload: Upload, instances: list[Instance], by: User | None) -> None:
    """What departments above make of new images must not cost the sender his verdicts."""
    if not instances:
        return
    answers = instances_stored.send_robust(sender=Upload, upload=upload, instances=instances, by=by)
    for receiver, answer in answers:
        if isinstance(answer, Exception):
            logger.error("receiver %s failed: %s", receiver, type(answer).__name__, exc_info=answer)


def _receive(upload: Upload, file: Incoming, by: User | None) -> Iterator[UploadFile]:
    check_open(upload)
    file.stream.seek(0)
    if zipping.is_archive(file.stream.read(8)):
        yield from _receive_archive(upload, file, by)
    else:
        yield _receive_one(upload, file, by)


def _receive_archive(upload: Upload, file: Incoming, by: User | None) -> Iterator[UploadFile]:
    try:
        archive = zipping.Archive(file.stream)
    except DicomRefusedError as refusal:
        yield _refuse(upload, file, refusal)
        return
    if len(archive) == 0:
        yield _refuse(upload, file, DicomRefusedError(Code.EMPTY_FILE))
        return
    _expect(upload, len(archive) - 1)
    whole = cache(lambda: _kept(file.stream))  # kept once, for all members that are refused
    for member in archive:
        check_open(upload)
        yield _receive_member(upload, file, member, whole, by)


def _receive_member(
    upload: Upload, file: Incoming, member: zipping.Member, whole: Callable[[], Blob], by: User | None
) -> UploadFile:
    with TemporaryFile(dir=settings.UPLOAD_DIR) as target:
        unpacked = Incoming(f"{file.name}/{member.name}", target)
        try:
            member.copy_to(target)
        except DicomRefusedError as refusal:
            return _refuse(upload, unpacked, refusal, whole)
        target.flush()
        return _receive_one(upload, unpacked, by)


def _expect(upload: Upload, more: int) -> None:
    if upload.expected_files is not None and more > 0:
        upload.expected_files += more
        upload.save(update_fields=["expected_files"])


def _receive_one(upload: Upload, file: Incoming, by: User | None) -> UploadFile:
    try:
        inspection = inspect(file.stream)
    except DicomRefusedError as refusal:
        return _refuse(upload, file, refusal)
    return file_inspected(upload, file, inspection, by)


def inspect(stream: BinaryIO) -> Inspection:
    """Read in the sandbox; raises DicomRefusedError."""
    stream.seek(0, 2)
    if stream.tell() > settings.MAX_UPLOAD_BYTES:
        raise DicomRefusedError(Code.TOO_LARGE, limit=settings.MAX_UPLOAD_BYTES)
    stream.seek(0)
    return sandbox.inspect(_descriptor(stream))


def _descriptor(stream: BinaryIO) -> sandbox.Source:
    """The sandbox maps a real file by its descriptor; what is none goes through memory."""
    try:
        stream.flush()
        return stream.fileno()
    except (OSError, AttributeError):
        return stream


def file_inspected(upload: Upload, file: Incoming, inspection: Inspection, by: User | None) -> UploadFile:
    """Place, keep and write down one readable file. Two senders of one image: the second has a duplicate."""
    placement = place(inspection.header, upload.patient, by)
    blob = None if placement.verdict is Verdict.DUPLICATE else _kept(file.stream)
    try:
        return _write(upload, file, inspection, placement, blob, by)
    except IntegrityError:
        placement = place(inspection.header, upload.patient, by)
    if placement.verdict is Verdict.DUPLICATE and blob is not None:
        delete_blob(blob=blob)
        blob = None
    return _write(upload, file, inspection, placement, blob, by)


@transaction.atomic
def _write(
    upload: Upload,
    file: Incoming,
    inspection: Inspection,
    placement: Placement,
    blob: Blob | None,
    by: User | None,
) -> UploadFile:
    instance = placement.existing
    if placement.verdict is Verdict.STORED and blob is not None:
        instance, blob = add_instance(inspection=inspection, placement=placement, blob=blob, by=by), None
    return UploadFile.objects.create(
        upload=upload,
        patient=placement.patient,
        name=plain_line(file.name)[:NAME_LENGTH],
        size_bytes=_size(file.stream),
        verdict=placement.verdict,
        code=placement.code,
        params=placement.params or {},
        header=inspection.header.to_dict() if placement.verdict is Verdict.QUARANTINED else None,
        instance=instance,
        blob=blob,
    )


def _refuse(
    upload: Upload, file: Incoming, refusal: DicomRefusedError, original: Callable[[], Blob] | None = None
) -> UploadFile:
    size = _size(file.stream)
    keep = original or (lambda: _kept(file.stream))
    return UploadFile.objects.create(
        upload=upload,
        patient=upload.patient,
        name=plain_line(file.name)[:NAME_LENGTH],
        size_bytes=size,
        verdict=Verdict.REFUSED,
        code=str(refusal.code),
        params=refusal.params,
        blob=keep() if size or original else None,
    )


def _kept(stream: BinaryIO) -> Blob:
    stream.seek(0)
    return store_blob(stream=stream, media_type=MEDIA_TYPE)


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, 2)
