"""What an answer may rest on: entries of this patient's record, under the asker's rights, and the knowledge base."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils import translation
from numpy.typing import NDArray

from consult.evidence import terms
from consult.models import Passage
from medapp.accounts.access import visible_to
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.records.models import Note, Patient
from medapp.records.timeline import timeline

if TYPE_CHECKING:
    from ml.embed import Encoder  # it loads PyTorch, which web processes do without

Vectors = NDArray[np.float32]
Embed = Callable[[list[str]], Vectors]

DIMENSIONS = 384
PASSAGE_CHARACTERS = 500
RECORD_PASSAGES = 3
KNOWLEDGE_PASSAGES = 3
# e5's cosines crowd between 0.7 and 0.9, so shared words must count beside them.
WORD_WEIGHT = 0.3
MOST_CACHED = 20_000


@dataclass(frozen=True)
class Found:
    """A passage with where it is from and how well it fits the question."""

    source_type: str
    source_id: str
    title: str
    text: str
    url: str
    edition: int | None = None
    score: float = 0.0


def retrieve(question: str, patient: Patient | None, user: User, encoder: "Encoder") -> list[Found]:
    """Return the passages for ``question``: the record's best first, then the knowledge base's."""
    vector = encoder.queries([question])[0]
    found = best_knowledge(question, vector)
    if patient is not None:
        candidates = list(record_passages(patient, user))
        found = best_of(question, vector, candidates, encoder.passages)[:RECORD_PASSAGES] + found
    return found


def record_passages(patient: Patient, user: User) -> Iterator[Found]:
    """Yield what ``user`` may read of the record, in pieces short enough to cite."""
    for note in visible_to(user, Action.CHART_READ, Note.objects.filter(patient=patient)):
        url = reverse("note", args=[note.pk])
        title = f"{note.title or note.get_kind_display()} {note.recorded_at:%Y-%m-%d}"
        for piece in pieces(note.text):
            yield Found("note", str(note.pk), title, piece, url)
    chart = reverse("timeline", args=[patient.pk])
    for entry in timeline(patient, user):
        if entry.kind != "note":
            text = f"{entry.at:%Y-%m-%d} {entry.title} {entry.detail}".strip()
            yield Found(entry.kind, "", str(entry.title), text[:PASSAGE_CHARACTERS], entry.url or chart)


def pieces(text: str, length: int = PASSAGE_CHARACTERS) -> Iterator[str]:
    """Cut ``text`` at sentence ends into pieces of at most ``length`` characters."""
    rest = text.strip()
    while len(rest) > length:
        window = rest[:length]
        cut = max(window.rfind(mark) for mark in ("。", "！", "？", ". ", "\n"))
        cut = cut + 1 if cut > length // 3 else length
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest


def best_of(question: str, vector: Vectors, candidates: Sequence[Found], embed: Embed) -> list[Found]:
    """Rank ``candidates`` by cosine and shared words, best first."""
    if not candidates:
        return []
    vectors = _cached_vectors([candidate.text for candidate in candidates], embed)
    wanted = terms(question)
    scored = [
        replace(candidate, score=float(cosine) + WORD_WEIGHT * _overlap(wanted, candidate.text))
        for candidate, cosine in zip(candidates, vectors @ vector, strict=True)
    ]
    return sorted(scored, key=lambda found: found.score, reverse=True)


def best_knowledge(question: str, vector: Vectors, shortlist: int = 40) -> list[Found]:
    """Return the best passages of the knowledge base: by vector, then reordered by shared words."""
    state = Passage.objects.filter(
        vector__isnull=False, article__source__withdrawn_at__isnull=True
    ).aggregate(count=Count("id"), last=Max("id"), editions=Sum("article__source__edition"))
    if not state["count"]:
        return []
    ids, matrix = _knowledge_matrix(state["count"], state["last"], state["editions"])
    cosines = matrix @ vector
    near = np.argsort(-cosines)[:shortlist]
    score_of = {int(ids[i]): float(cosines[i]) for i in near}
    rows = Passage.objects.filter(pk__in=score_of).select_related("article__source")
    wanted = terms(question)
    found = [
        Found(
            "article",
            str(row.article_id),
            row.article.title,
            row.text,
            reverse("knowledge-article", args=[row.article_id]) + f"#p{row.number}",
            row.article.source.edition,
            score_of[row.pk] + WORD_WEIGHT * _overlap(wanted, f"{row.article.title} {row.text}"),
        )
        for row in rows
    ]
    return sorted(found, key=lambda item: item.score, reverse=True)[:KNOWLEDGE_PASSAGES]


@lru_cache(maxsize=1)
def _knowledge_matrix(count: int, last: int, editions: int) -> tuple[NDArray[np.int64], Vectors]:
    """All passage vectors of one state of the knowledge base (the arguments name the state)."""
    rows = list(
        Passage.objects.filter(vector__isnull=False, article__source__withdrawn_at__isnull=True).values_list(
            "pk", "vector"
        )
    )
    ids = np.array([pk for pk, _vector in rows], dtype=np.int64)
    raw = b"".join(bytes(vector) for _pk, vector in rows)
    return ids, np.frombuffer(raw, dtype=np.float16).reshape(-1, DIMENSIONS).astype(np.float32)


_cache: OrderedDict[bytes, Vectors] = OrderedDict()
_cache_lock = threading.Lock()


def _cached_vectors(texts: list[str], embed: Embed) -> Vectors:
    """Embed only what this process has not embedded yet; record entries seldom change."""
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    with _cache_lock:
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in _cache}
    vectors = embed(list(fresh.values())) if fresh else []
    with _cache_lock:
        _cache.update(zip(fresh, vectors, strict=True))
        result = np.stack([_cache[key] for key in keys])
        while len(_cache) > MOST_CACHED:
            _cache.popitem(last=False)
    return result


def _overlap(wanted: set[str], text: str) -> float:
    return len(wanted & terms(text)) / len(wanted) if wanted else 0.0


def reader_language(question: str) -> str:
    """Return "zh" where the question is written in Chinese, else "en"."""
    han = sum("\u4e00" <= character <= "\u9fff" for character in question)
    return "zh" if han * 4 >= len(question.strip()) or han > 8 else "en"


def speak(language: str) -> "translation.override":
    """Context in which record entries are named in the language of the question."""
    return translation.override("zh-hans" if language == "zh" else "en")
