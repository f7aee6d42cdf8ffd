"""Conversations, their stream, citations, and the knowledge that may be cited."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consult import presenters, queries
from consult.models import Article, Citation, Conversation, Turn
from consult.services import answer_again, ask, draft_note, settle_turn, start_conversation, stop_answer
from consult.services.conversations import MOST_CHARACTERS
from consult.stream import turn_stream
from medapp.errors import MedappError, NotFoundError
from medapp.records.models import Patient

PAGE = 50
MOST_OTHERS = 12


def conversations(request: HttpRequest) -> HttpResponse:
    """One's own conversations; POST opens one about no patient."""
    user: Any = request.user
    if request.method == "POST":
        return redirect("conversation", start_conversation(by=user, request=request).pk)
    page = Paginator(queries.conversations_of(user), PAGE).get_page(request.GET.get("page"))
    return render(request, "consult/list.html", {"page": page})


def patient_conversations(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The conversations about a patient; POST opens one."""
    user: Any = request.user
    if request.method == "POST":
        opened = start_conversation(by=user, patient=patient, request=request)
        return redirect("conversation", opened.pk)
    rows = queries.conversations_of(user, patient)
    return render(request, "consult/patient.html", {"patient": patient, "conversations": rows})


def conversation(request: HttpRequest, row: Conversation) -> HttpResponse:
    return _page(request, row)


@require_POST
def ask_question(request: HttpRequest, row: Conversation) -> HttpResponse:
    """Add a question. What is refused is said in place and the text stays in the form."""
    user: Any = request.user
    text = request.POST.get("text", "")
    try:
        ask(
            conversation=row,
            text=text,
            by=user,
            ignore_red_flag="ignore_red_flag" in request.POST,
            request=request,
        )
    except NotFoundError:
        raise
    except MedappError as error:
        return _page(request, row, text=text, error=error)
    return redirect("conversation", row.pk)


def turn(request: HttpRequest, row: Turn) -> HttpResponse:
    """One turn as it stands, for a page that replaces what it streamed."""
    settle_turn(turn=row)
    return render(request, "consult/_turn.html", {"turn": presenters.present(row)})


async def stream(request: HttpRequest, row: Turn) -> HttpResponseBase:
    """The answer as server-sent events; resumes after Last-Event-ID."""
    return await turn_stream(request, row)


@require_POST
def stop(request: HttpRequest, row: Turn) -> HttpResponse:
    stop_answer(turn=row, by=request.user, request=request)  # type: ignore[arg-type]
    return redirect("conversation", row.conversation_id)


@require_POST
def again(request: HttpRequest, row: Turn) -> HttpResponse:
    """Have a failed or stopped answer tried again."""
    try:
        answer_again(turn=row, by=request.user, request=request)  # type: ignore[arg-type]
    except NotFoundError:
        raise
    except MedappError as error:
        return _page(request, row.conversation, error=error)
    return redirect("conversation", row.conversation_id)


@require_POST
def to_note(request: HttpRequest, row: Turn) -> HttpResponse:
    """Take the answer into the record as a draft; nothing stands there before it is signed."""
    note = draft_note(turn=row, by=request.user, request=request)  # type: ignore[arg-type]
    messages.success(request, _("The answer is a draft note now. Read it, change it, and sign it."))
    return redirect("note", note.pk)


def citation(request: HttpRequest, row: Citation) -> HttpResponse:
    return render(request, "components/_citation.html", {"citation": presenters.present_citation(row)})


def knowledge(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")
    page = Paginator(queries.find_articles(query), PAGE).get_page(request.GET.get("page"))
    return render(request, "consult/knowledge.html", {"page": page, "query": query})


def article(request: HttpRequest, row: Article) -> HttpResponse:
    return render(request, "consult/article.html", {"article": row, "passages": row.passages.all()})


def _page(request: HttpRequest, row: Conversation, text: str = "", error: Any = None) -> HttpResponse:
    user: Any = request.user
    rows = [settle_turn(turn=one) if not one.is_finished else one for one in queries.turns_of(row)]
    turns = presenters.present_all(rows)
    context = {
        "conversation": row,
        "patient": row.patient,
        "turns": turns,
        "is_pending": bool(turns) and not turns[-1]["is_finished"],
        "text": text,
        "error": error,
        "most_characters": MOST_CHARACTERS,
        "engine": presenters.engine_words(),
        "others": queries.conversations_of(user, row.patient).exclude(pk=row.pk)[:MOST_OTHERS],
    }
    template = "consult/conversation_patient.html" if row.patient_id else "consult/conversation.html"
    return render(request, template, context, status=error.http_status if error else 200)
