"""Conversations, answers and articles, and an encoder that is quick and knows words alone."""

import json
from collections.abc import Iterable
from typing import Any
from zlib import crc32

import numpy as np

from consult.evidence import terms
from consult.models import Conversation, Source, Turn
from consult.services import ask, embed_passages, import_articles, start_conversation
from consult.vectors import DIMENSIONS
from medapp.accounts.models import User
from medapp.jobs.models import Job
from medapp.jobs.runner import run_kind
from medapp.records.models import Patient

METFORMIN = "Metformin is the usual first drug. Metformin is stopped when the eGFR falls below 30 mL/min."


class WordEncoder:
    """Texts that share words are near each other: each term turns one of the 384 dimensions."""

    def queries(self, texts: list[str]) -> Any:
        return self.passages(texts)

    def passages(self, texts: list[str]) -> Any:
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for term in terms(text):
                vector[crc32(term.encode()) % DIMENSIONS] += 1
            vector /= max(float(np.linalg.norm(vector)), 1e-6)
        return vectors


def source(
    key: str = "handbook", articles: Iterable[tuple[str, str]] = (("Type 2 diabetes", METFORMIN),)
) -> Source:
    """A source whose articles can be cited at once."""
    made = Source.objects.get_or_create(key=key, defaults={"title": key, "licence": "CC0-1.0"})[0]
    lines = [json.dumps({"title": title, "text": text}) for title, text in articles]
    import_articles(source=made, lines=lines, by=None)
    rows = made.articles.values_list("passages__pk", flat=True)
    embed_passages(ids=list(rows), embed=WordEncoder().passages)
    return made


def conversation(by: User, patient: Patient | None = None) -> Conversation:
    return start_conversation(by=by, patient=patient)


def question(by: User, text: str = "When is metformin stopped?", patient: Patient | None = None) -> Turn:
    """A question in a new conversation; the turn that waits for its answer."""
    return ask(conversation=conversation(by, patient), text=text, by=by)


def work(kind: str = "consult.answer", limit: int = 1) -> int:
    """Do what a chat worker does, here and now; pauses before another attempt are skipped."""
    Job.objects.filter(kind=kind).update(run_after="2020-01-01T00:00Z")
    return run_kind(kind, "worker@test:0", limit)


def answered(by: User, patient: Patient | None = None, text: str = "When is metformin stopped?") -> Turn:
    turn = question(by, text, patient)
    work()
    turn.refresh_from_db()
    return turn
