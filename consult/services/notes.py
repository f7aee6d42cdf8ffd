"""From a conversation into the record: always as a draft that a person signs."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consult.errors import AnswerUnfinishedError, NoPatientError
from consult.models import Turn
from consult.presenters import footnotes
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.models import Note
from medapp.records.services import write_note


@transaction.atomic
def draft_note(*, turn: Turn, by: User, request: Any = None) -> Note:
    """Take a finished answer into the record as a draft to be signed; struck sentences stay out.

    Raises NoPatientError or AnswerUnfinishedError. Taking the same answer twice gives the same draft.
    """
    patient = turn.conversation.patient
    if patient is None:
        raise NoPatientError
    text = note_text(turn)
    if turn.status != Turn.Status.COMPLETE or turn.role != Turn.Role.ASSISTANT or not text:
        raise AnswerUnfinishedError
    known = Note.objects.filter(source_type="turn", source_id=str(turn.pk)).first()
    if known is not None:
        return known
    note = write_note(
        patient=patient,
        title=turn.conversation.title or _("Consultation"),
        text=text,
        kind=Note.Kind.CONSULTATION,
        origin=Note.Origin.AI_DRAFT,
        source=("turn", str(turn.pk)),
        by=by,
        request=request,
    )
    detail = {"note": str(note.pk)}
    record(action="consult.take", by=by, patient_id=patient.pk, obj=turn, detail=detail, request=request)
    return note


def note_text(turn: Turn) -> str:
    """The supported sentences with their numbers, then the sources, then who drafted it."""
    numbers = footnotes(turn)
    kept = [one for one in turn.statements.select_related("citation") if one.citation_id in numbers]
    if not kept:
        return ""
    body = "".join(f"{one.lead}{one.text} [{numbers[one.citation_id]}]" for one in kept).strip()
    cited = {numbers[one.citation_id]: one.citation.title for one in kept if one.citation}
    sources = "\n".join(f"[{number}] {title}" for number, title in sorted(cited.items()))
    footer = _("AI draft by %(model)s from the consultation.") % {"model": turn.model_name}
    return f"{body}\n\n{sources}\n\n{footer}"
