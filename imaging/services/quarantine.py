"""Files that wait for a person's word: release to a patient, or set aside."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from imaging.dicom import sandbox
from imaging.dicom.errors import DicomRefusedError
from imaging.dicom.sandbox import Inspection
from imaging.errors import AlreadyResolvedError, NotReleasableError
from imaging.models import Instance, UploadFile
from imaging.services.archive import add_instance
from imaging.services.placement import place
from imaging.services.receive import announce
from imaging.words import PATIENT_MISMATCH, PATIENT_UNKNOWN, sentence
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.models import Patient
from medapp.vault.blobs import open_blob

RELEASABLE = frozenset((PATIENT_MISMATCH, PATIENT_UNKNOWN))
Verdict, Resolution = UploadFile.Verdict, UploadFile.Resolution


def release_file(
    *, file: UploadFile, patient: Patient, by: User, reason: str = "", request: HttpRequest | None = None
) -> list[Instance]:
    """Store the file, and the others of the same sending that are of the same examination, under ``patient``.

    Raises AlreadyResolvedError, NotReleasableError.
    """
    if file.resolution:
        raise AlreadyResolvedError
    inspections = [(sibling, _inspected(sibling)) for sibling in siblings(file)]
    instances = _release(inspections, patient, by, reason, request)
    announce(file.upload, instances, by)
    return instances


def siblings(file: UploadFile) -> list[UploadFile]:
    """The file first, then those that one decision settles with it."""
    others = UploadFile.objects.filter(
        upload=file.upload, verdict=Verdict.QUARANTINED, resolution="", code=file.code
    ).exclude(pk=file.pk)
    key = _examination(file)
    return [file, *(other for other in others if _examination(other) == key)]


def _examination(file: UploadFile) -> tuple[str, str]:
    header = file.stored_header
    return (header.study_instance_uid, header.dicom_patient_id) if header else ("", "")


def _inspected(file: UploadFile) -> Inspection:
    if file.verdict != Verdict.QUARANTINED or file.code not in RELEASABLE or file.blob is None:
        raise NotReleasableError(reason=sentence(file.code, file.params)[0])
    try:
        with open_blob(file.blob) as stream:
            return sandbox.inspect(stream)
    except DicomRefusedError as refusal:
        raise NotReleasableError(reason=sentence(refusal.code, dict(refusal.params))[0]) from refusal


@transaction.atomic
def _release(
    inspections: list[tuple[UploadFile, Inspection]],
    patient: Patient,
    by: User,
    reason: str,
    request: HttpRequest | None,
) -> list[Instance]:
    instances = [_release_one(file, inspection, patient, by) for file, inspection in inspections]
    record(
        action="quarantine.release",
        by=by,
        patient_id=patient.pk,
        obj=inspections[0][0],
        reason=reason,
        detail={"images": len(instances)},
        request=request,
    )
    return instances


def _release_one(file: UploadFile, inspection: Inspection, patient: Patient, by: User) -> Instance:
    locked = UploadFile.objects.select_for_update().get(pk=file.pk)
    if locked.resolution or locked.blob is None:
        raise AlreadyResolvedError
    placement = place(inspection.header, patient, by, is_confirmed=True)
    if placement.verdict is Verdict.QUARANTINED:
        raise NotReleasableError(reason=sentence(placement.code, {})[0])
    instance = placement.existing or add_instance(
        inspection=inspection, placement=placement, blob=locked.blob, by=by
    )
    locked.instance, locked.patient = instance, patient
    _resolve(locked, Resolution.RELEASED, by)
    return instance


@transaction.atomic
def discard_file(
    *, file: UploadFile, by: User, reason: str = "", request: HttpRequest | None = None
) -> UploadFile:
    """Set the file aside: it leaves the list, its original stays for accountability."""
    locked = UploadFile.objects.select_for_update().get(pk=file.pk)
    if locked.resolution:
        raise AlreadyResolvedError
    _resolve(locked, Resolution.DISCARDED, by)
    record(
        action="quarantine.discard",
        by=by,
        patient_id=locked.patient_id,
        obj=locked,
        reason=reason,
        request=request,
    )
    return locked


def _resolve(file: UploadFile, resolution: str, by: User) -> None:
    file.resolution, file.resolved_at, file.resolved_by = resolution, timezone.now(), by
    file.save(update_fields=["resolution", "resolved_at", "resolved_by", "instance", "patient"])
