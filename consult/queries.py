"""Reads of conversations and knowledge."""

import re

from django.db.models import Q, QuerySet

from consult.models import Article, Conversation, Turn
from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.records.models import Patient


def conversations_of(user: User, patient: Patient | None = None) -> QuerySet[Conversation]:
    """Return the user's own conversations, the latest first; all of them, or those about one patient."""
    rows = visible_to(user, Action.CONSULT_READ, Conversation.objects.select_related("patient"))
    return rows.filter(patient=patient) if patient is not None else rows


def turns_of(conversation: Conversation) -> QuerySet[Turn]:
    return conversation.turns.select_related("job").prefetch_related("citations", "statements__citation")


def find_articles(query: str) -> QuerySet[Article]:
    """Return articles of sources in use that hold every word of ``query``, those with it in the title first."""
    rows = Article.objects.filter(source__withdrawn_at__isnull=True).select_related("source")
    for word in re.split(r"\s+", query.strip())[:8]:
        if word:
            rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return rows
