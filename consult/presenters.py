"""Turns as the page shows them (the shape is described in templates/components/_message.html)."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from consult.models import Citation, Statement, Turn
from consult.safety.red_flags import rule_named


def present(turn: Turn) -> dict[str, Any]:
    """Return the context of components/_message.html."""
    return {
        "id": str(turn.pk),
        "role": turn.role,
        "text": _text(turn),
        "author": str(turn.conversation.owner),
        "at": turn.created_at,
        "status": turn.status,
        "model": {"title": turn.model_name, "version": ""} if turn.model_name else None,
        "is_demonstration": turn.is_demonstration,
        "failure": _failure(turn),
        "citations": [
            present_citation(one) for one in turn.citations.all() if one.is_used or not turn.is_finished
        ],
        "struck": [one.text for one in turn.statements.all() if one.is_struck],
        "notice": rule_named(turn.notice_code) if turn.role == Turn.Role.NOTICE else None,
        "stream_url": reverse("turn-stream", args=[turn.pk]),
        "url": reverse("turn", args=[turn.pk]),
        "stop_url": reverse("turn-stop", args=[turn.pk]),
        "note_url": reverse("turn-note", args=[turn.pk]) if turn.conversation.patient_id else "",
        "has_support": any(not one.is_struck for one in turn.statements.all()),
        "is_finished": turn.is_finished,
    }


def present_citation(citation: Citation) -> dict[str, Any]:
    source = {"article": _("knowledge"), "note": _("note")}.get(citation.source_type, _("record"))
    if citation.edition:
        source = _("%(source)s, edition %(edition)s") % {"source": source, "edition": citation.edition}
    return {
        "number": citation.number,
        "title": citation.title,
        "source": source,
        "passage": citation.passage,
        "url": citation.url,
    }


def _text(turn: Turn) -> Any:
    """The statements that a passage supports, each with its number; the raw text while it is being written."""
    if turn.role != Turn.Role.ASSISTANT or turn.status != Turn.Status.COMPLETE:
        return turn.text
    kept = [one for one in turn.statements.all() if not one.is_struck]
    if not kept:
        return _("My sources do not say.")
    return format_html_join(" ", "{}{}", ((one.text, _mark(turn, one)) for one in kept))


def _mark(turn: Turn, statement: Statement) -> Any:
    number = statement.citation.number if statement.citation else 0
    return format_html(' <a class="cite" href="#s-{}cite-{}">{}</a>', turn.pk, number, number)


def _failure(turn: Turn) -> str:
    if turn.status == Turn.Status.FAILED and turn.job is not None:
        return f"{turn.job.failure_reason} {turn.job.failure_advice}".strip()
    if turn.status == Turn.Status.WAITING and turn.job is not None and turn.job.attempts:
        return turn.job.failure_reason
    return ""
