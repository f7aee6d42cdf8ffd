"""Turns as the page shows them (the shape is described in templates/components/_message.html)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from consult import engines
from consult.models import Citation, Statement, Turn
from consult.safety.red_flags import rule_named
from consult.states import text_so_far


def present(turn: Turn) -> dict[str, Any]:
    """Return the context of components/_message.html."""
    numbers = footnotes(turn)
    statements = list(turn.statements.all())
    return {
        "id": str(turn.pk),
        "anchor": f"c-{turn.pk}-",
        "role": turn.role,
        "text": _text(turn, statements, numbers),
        "author": str(turn.conversation.owner),
        "at": turn.created_at,
        "status": turn.status,
        "model": {"title": turn.model_name, "version": ""} if turn.model_name else None,
        "is_demonstration": turn.is_demonstration,
        "is_quoted": turn.is_quoted,
        "failure": _failure(turn),
        "citations": [present_citation(one, numbers[one.pk]) for one in _used(turn, numbers)],
        "unused": [present_citation(one, 0) for one in turn.citations.all() if one.pk not in numbers],
        "struck": [one.text for one in statements if one.is_struck],
        "question": "",
        "notice": rule_named(turn.notice_code) if turn.role == Turn.Role.NOTICE else None,
        "has_support": any(not one.is_struck for one in statements),
        "is_finished": turn.is_finished,
        "can_repeat": turn.status in (Turn.Status.FAILED, Turn.Status.STOPPED),
        "last_delta": _last_delta(turn),
        **_urls(turn),
    }


def present_all(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Present a conversation; a notice carries the question that called it, to be asked all the same."""
    shown = [present(turn) for turn in turns]
    for before, after in pairwise(shown):
        after["question"] = before["text"] if after["role"] == Turn.Role.NOTICE else ""
    return shown


def _urls(turn: Turn) -> dict[str, str]:
    names = {"url": "turn", "stream_url": "turn-stream", "stop_url": "turn-stop", "again_url": "turn-again"}
    urls = {key: reverse(name, args=[turn.pk]) for key, name in names.items()}
    note_url = reverse("turn-note", args=[turn.pk]) if turn.conversation.patient_id else ""
    return {**urls, "note_url": note_url}


def footnotes(turn: Turn) -> dict[Any, int]:
    """Number the citations that stand in the answer in the order in which it uses them: citation -> number."""
    used = (one.citation_id for one in turn.statements.all() if one.citation_id)
    return {pk: number for number, pk in enumerate(dict.fromkeys(used), start=1)}


def _used(turn: Turn, numbers: dict[Any, int]) -> list[Citation]:
    return sorted((one for one in turn.citations.all() if one.pk in numbers), key=lambda one: numbers[one.pk])


def present_citation(citation: Citation, number: int = 0) -> dict[str, Any]:
    source = {"article": _("knowledge"), "note": _("note")}.get(citation.source_type, _("record"))
    if citation.edition:
        source = _("%(source)s, edition %(edition)s") % {"source": source, "edition": citation.edition}
    return {
        "number": number or citation.number,
        "title": citation.title,
        "source": source,
        "passage": citation.passage,
        "url": citation.url,
    }


def engine_words() -> dict[str, Any]:
    """What the page says about the model: whether it is the demonstration, and where text goes."""
    return {"is_demonstration": engines.is_demonstration(), "server": engines.server_name()}


def _text(turn: Turn, statements: list[Statement], numbers: dict[Any, int]) -> Any:
    """The statements that a passage supports, each with its number; the raw text while it is being written."""
    if turn.role != Turn.Role.ASSISTANT:
        return turn.text
    if not turn.is_finished:
        return text_so_far(turn)
    if turn.status != Turn.Status.COMPLETE:
        return turn.text
    kept = [one for one in statements if not one.is_struck]
    if not kept:
        return _("My sources do not say.")
    first, *rest = kept
    marked = [("" if first.lead.isspace() else first.lead.lstrip("\n"), first, _mark(turn, first, numbers))]
    marked += [(one.lead, one, _mark(turn, one, numbers)) for one in rest]
    return format_html_join("", "{}{}{}", ((lead, one.text, mark) for lead, one, mark in marked))


def _mark(turn: Turn, statement: Statement, numbers: dict[Any, int]) -> Any:
    number = numbers[statement.citation_id]
    return format_html(' <a class="cite" href="#c-{}-cite-{}">{}</a>', turn.pk, number, number)


def _last_delta(turn: Turn) -> int:
    """Where a stream goes on after the text that the page shows already."""
    if turn.is_finished:
        return 0
    return max((delta.sequence for delta in turn.deltas.all()), default=0)


def _failure(turn: Turn) -> str:
    if turn.status == Turn.Status.FAILED and turn.job is not None:
        return f"{turn.job.failure_reason} {turn.job.failure_advice}".strip()
    if turn.status == Turn.Status.WAITING and turn.job is not None and turn.job.attempts:
        return turn.job.failure_reason
    return ""
