"""Notes: drafted, revised, signed, amended. What was written once can be read for ever."""

from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.errors import (
    NoteChangedError,
    NoteEmptyError,
    NoteSignedError,
    NoteTooLongError,
    NoteUnsignedError,
    ReasonMissingError,
)
from medapp.records.models import Encounter, Note, NoteVersion, Patient
from medapp.records.signals import note_written

LONGEST_NOTE = 100_000  # characters
LONGEST_TITLE = 200


@transaction.atomic
def write_note(
    *,
    patient: Patient,
    text: str,
    title: str,
    by: User,
    kind: str = Note.Kind.PROGRESS,
    encounter: Encounter | None = None,
    origin: str = Note.Origin.HUMAN,
    source: tuple[str, str] | None = None,
    is_quiet: bool = False,
    request: HttpRequest | None = None,
) -> Note:
    """Start a draft. ``source`` is (type, id) of what a model's draft came from, and needed for one.

    ``is_quiet`` keeps the departments above from acting on it. Raises NoteEmptyError, NoteTooLongError.
    """
    _check(text)
    source_type, source_id = source or ("", "")
    note = Note.objects.create(
        patient=patient,
        encounter=encounter,
        kind=kind,
        title=title.strip()[:LONGEST_TITLE],
        text=_clean(text),
        author=by,
        recorded_by=by,
        origin=origin,
        source_type=source_type,
        source_id=str(source_id),
    )
    _add_version(note, by)
    _audit("note.write", note, by, request, {"origin": origin, "characters": len(text)})
    if not is_quiet:
        _announce(note, by)
    return note


@transaction.atomic
def revise_note(
    *,
    note: Note,
    text: str,
    title: str,
    by: User,
    based_on: int | None = None,
    kind: str | None = None,
    request: HttpRequest | None = None,
) -> Note:
    """Save a draft anew as a further version.

    ``based_on`` is the number of the version that the writer had open; NoteChangedError where it is not the last.
    Raises NoteSignedError, NoteEmptyError, NoteTooLongError.
    """
    _check(text)
    locked = _locked(note, based_on)
    if locked.is_signed:
        raise NoteSignedError
    locked.title, locked.text, locked.kind = title.strip()[:LONGEST_TITLE], _clean(text), kind or locked.kind
    locked.updated_at = timezone.now()
    locked.save(update_fields=["title", "text", "kind", "updated_at"])
    _add_version(locked, by)
    _audit("note.revise", locked, by, request)
    _announce(locked, by)
    return locked


@transaction.atomic
def sign_note(
    *, note: Note, by: User, based_on: int | None = None, request: HttpRequest | None = None
) -> Note:
    """Sign a draft as it stands. Raises NoteSignedError, NoteChangedError."""
    locked = _locked(note, based_on)
    if locked.is_signed:
        raise NoteSignedError
    locked.status, locked.signed_at, locked.signed_by = Note.Status.SIGNED, timezone.now(), by
    locked.save(update_fields=["status", "signed_at", "signed_by"])
    _audit("note.sign", locked, by, request, {"version": last_version(locked)})
    return locked


@transaction.atomic
def amend_note(
    *,
    note: Note,
    text: str,
    title: str,
    reason: str,
    by: User,
    based_on: int | None = None,
    request: HttpRequest | None = None,
) -> Note:
    """Correct a signed note by a further version with a reason, signed by ``by``; the signed text stays.

    Raises NoteUnsignedError, ReasonMissingError, NoteChangedError, NoteEmptyError, NoteTooLongError.
    """
    _check(text)
    if not reason.strip():
        raise ReasonMissingError
    locked = _locked(note, based_on)
    if not locked.is_signed:
        raise NoteUnsignedError
    locked.title, locked.text = title.strip()[:LONGEST_TITLE], _clean(text)
    locked.status = Note.Status.AMENDED
    locked.signed_at, locked.signed_by, locked.updated_at = timezone.now(), by, timezone.now()
    locked.save(update_fields=["title", "text", "status", "signed_at", "signed_by", "updated_at"])
    _add_version(locked, by, reason=reason.strip(), is_amendment=True)
    _audit("note.amend", locked, by, request, reason=reason.strip())
    _announce(locked, by)
    return locked


def last_version(note: Note) -> int:
    return note.versions.aggregate(last=Max("number"))["last"] or 0


def _locked(note: Note, based_on: int | None) -> Note:
    locked = Note.objects.select_for_update().get(pk=note.pk)
    if based_on is not None and based_on != last_version(locked):
        raise NoteChangedError
    return locked


def _check(text: str) -> None:
    if not text.strip():
        raise NoteEmptyError
    if len(text) > LONGEST_NOTE:
        raise NoteTooLongError(length=f"{len(text):,}", limit=f"{LONGEST_NOTE:,}")


def _clean(text: str) -> str:
    """One line ending, and no NUL, which PostgreSQL cannot store."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _add_version(note: Note, by: User, reason: str = "", is_amendment: bool = False) -> NoteVersion:
    return NoteVersion.objects.create(
        note=note,
        number=last_version(note) + 1,
        title=note.title,
        text=note.text,
        reason=reason,
        is_amendment=is_amendment,
        at=note.updated_at,
        by=by,
    )


def _announce(note: Note, by: User) -> None:
    transaction.on_commit(lambda: note_written.send_robust(sender=Note, note=note, by=by))


def _audit(
    action: str,
    note: Note,
    by: User,
    request: HttpRequest | None,
    detail: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    record(
        action=action,
        by=by,
        patient_id=note.patient_id,
        obj=note,
        detail=detail,
        reason=reason,
        request=request,
    )
