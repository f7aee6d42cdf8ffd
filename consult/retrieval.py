"""What an answer may rest on: entries of this patient's record, under the asker's rights, and the knowledge base."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Count, Max, Sum
from django.urls import reverse
from numpy.typing import NDArray

from consult.evidence import question_terms, terms
from consult.models import Passage
from consult.passages import Found
from consult.record import record_passages
from consult.vectors import DIMENSIONS, Embed, Vectors, cached_vectors
from medapp.accounts.models import User
from medapp.records.models import Patient

if TYPE_CHECKING:
    from ml.embed import Encoder  # it loads PyTorch, which web processes do without

RECORD_PASSAGES = 4
KNOWLEDGE_PASSAGES = 3
# e5's cosines crowd between 0.7 and 0.9, so shared words must count beside them.
WORD_WEIGHT = 0.3
# What lies further below the best passage than this only distracts (docs/experiments.md).
WINDOW = 0.14
SHORTLIST = 40
# A thick record is first thinned out by words alone: embedding a thousand notes takes minutes.
MOST_EMBEDDED = 120


def retrieve(question: str, patient: Patient | None, user: User, encoder: "Encoder") -> list[Found]:
    """Return the passages for ``question``, the best first."""
    vector = encoder.queries([question])[0]
    found = best_knowledge(question, vector)[:KNOWLEDGE_PASSAGES]
    if patient is not None:
        candidates = list(record_passages(patient, user))
        found += best_of(question, vector, candidates, encoder.passages)[:RECORD_PASSAGES]
    found.sort(key=lambda item: item.score, reverse=True)
    return [item for item in found if item.score >= found[0].score - WINDOW]


def warm(patient: Patient | None, user: User | None, encoder: "Encoder") -> int:
    """Bring the vectors that a question will need into this process; return how many passages the record has."""
    best_knowledge("", encoder.queries([""])[0])
    if patient is None or user is None:
        return 0
    candidates = list(record_passages(patient, user))[:MOST_EMBEDDED]
    cached_vectors([_text(one) for one in candidates], encoder.passages)
    return len(candidates)


def best_of(question: str, vector: Vectors, candidates: Sequence[Found], embed: Embed) -> list[Found]:
    """Rank ``candidates`` by cosine and shared words, best first; a candidate's prior is what it starts from."""
    if not candidates:
        return []
    wanted = question_terms(question)
    candidates = _thinned(candidates, wanted)
    texts = [_text(one) for one in candidates]
    cosines = cached_vectors(texts, embed) @ vector
    scored = [
        replace(one, score=one.prior + float(cosine) + WORD_WEIGHT * _overlap(wanted, text))
        for one, text, cosine in zip(candidates, texts, cosines, strict=True)
    ]
    return sorted(scored, key=lambda found: found.score, reverse=True)


def _thinned(candidates: Sequence[Found], wanted: set[str]) -> Sequence[Found]:
    """The candidates that share most words with the question; they come newest first, and ties stay so."""
    if len(candidates) <= MOST_EMBEDDED:
        return candidates
    return sorted(candidates, key=lambda one: -_overlap(wanted, _text(one)))[:MOST_EMBEDDED]


def best_knowledge(question: str, vector: Vectors) -> list[Found]:
    """Return the best passages of the knowledge base: by vector, then reordered by shared words."""
    ids, matrix = _current_matrix()
    if not len(ids):
        return []
    cosines = matrix @ vector
    score_of = {int(ids[i]): float(cosines[i]) for i in np.argsort(-cosines)[:SHORTLIST]}
    wanted = question_terms(question)
    rows = Passage.objects.filter(pk__in=score_of).select_related("article__source")
    found = [_of_article(row, score_of[row.pk], wanted) for row in rows]
    return sorted(found, key=lambda item: item.score, reverse=True)


def _of_article(row: Passage, cosine: float, wanted: set[str]) -> Found:
    article = row.article
    return Found(
        "article",
        str(article.pk),
        article.title,
        row.text,
        reverse("knowledge-article", args=[article.pk]) + f"#p{row.number}",
        article.source.edition,
        cosine + WORD_WEIGHT * _overlap(wanted, f"{article.title} {row.text}"),
    )


def _current_matrix() -> tuple[NDArray[np.int64], Vectors]:
    usable = Passage.objects.filter(vector__isnull=False, article__source__withdrawn_at__isnull=True)
    state = usable.aggregate(count=Count("id"), last=Max("id"), editions=Sum("article__source__edition"))
    return _matrix(state["count"], state["last"], state["editions"])


@lru_cache(maxsize=1)
def _matrix(count: int, last: int, editions: int) -> tuple[NDArray[np.int64], Vectors]:
    """All passage vectors of one state of the knowledge base (the arguments name the state)."""
    usable = Passage.objects.filter(vector__isnull=False, article__source__withdrawn_at__isnull=True)
    rows = list(usable.order_by("pk").values_list("pk", "vector"))
    ids = np.array([pk for pk, _vector in rows], dtype=np.int64)
    raw = b"".join(bytes(vector) for _pk, vector in rows if vector)
    return ids, np.frombuffer(raw, dtype=np.float16).reshape(-1, DIMENSIONS).astype(np.float32)


def _text(found: Found) -> str:
    return f"{found.title}. {found.text} {found.also}".strip()


def _overlap(wanted: set[str], text: str) -> float:
    return len(wanted & terms(text)) / len(wanted) if wanted else 0.0
