"""An answer made of quotations alone, for a language that the local model does not write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consult.evidence import BULLET, NEW_LINE, Supported, question_terms, split_sentences, terms
from consult.passages import Found, speak
from consult.vectors import Embed, cached_vectors

MOST_QUOTES = 3
MOST_SENTENCES = 60
WORD_WEIGHT = 0.3
# A quotation lies at most this far below the best one, or it is about something else (docs/experiments.md).
WINDOW = 0.05
# Fitting at all: half of what was asked about stands in it, or the encoder finds it very near.
LEAST_SHARED, LEAST_COSINE = 0.5, 0.905


@dataclass(frozen=True)
class Quote:
    """A sentence and the number of the passage it stands in, counted from 1."""

    number: int
    place: int
    text: str
    score: float


def worded(quotes: Sequence[Quote], language: str) -> Iterator[str]:
    """Yield the answer that the quotations make in ``language``, or that the sources do not say."""
    with speak(language):
        opening, nothing = _("From the sources:"), _("My sources do not say.")
    if not quotes:
        yield nothing
        return
    yield opening
    for one in quotes:
        yield f"\n{BULLET}{one.text} [{one.number}]"


def as_supported(quotes: Sequence[Quote]) -> list[Supported]:
    return [Supported(one.text, NEW_LINE + BULLET, one.number - 1) for one in quotes]


def best_quotes(question: str, found: Sequence[Found], queries: Embed, passages: Embed) -> list[Quote]:
    """Return the sentences that answer best, in the order in which they stand in their passages.

    ``queries`` and ``passages``: list[str] -> float32 [n, 384], as ml.embed.Encoder has them.
    """
    sentences = [
        (number, place, text)
        for number, item in enumerate(found, start=1)
        for place, text in enumerate(_sentences(item))
    ][:MOST_SENTENCES]
    if not sentences:
        return []
    # A sentence is read with its passage's title: "Earlier: 112" says nothing without it.
    texts = [f"{found[number - 1].title}. {text}" for number, _place, text in sentences]
    cosines = cached_vectors(texts, passages) @ queries([question])[0]
    scored = [
        Quote(number, place, text, _score(question, found[number - 1], text, float(cosine)))
        for (number, place, text), cosine in zip(sentences, cosines, strict=True)
        if _fits(question, found[number - 1], text, float(cosine))
    ]
    return _best(scored)


def _best(scored: Sequence[Quote]) -> list[Quote]:
    if not scored:
        return []
    top = max(one.score for one in scored)
    chosen: dict[str, Quote] = {}
    for one in sorted(scored, key=lambda quote: -quote.score):
        if one.score >= top - WINDOW and len(chosen) < MOST_QUOTES:
            chosen.setdefault(one.text, one)
    order = sorted(chosen.values(), key=lambda one: -one.score)
    rank = {number: place for place, number in enumerate(dict.fromkeys(one.number for one in order))}
    return sorted(order, key=lambda one: (rank[one.number], one.place))


def _sentences(item: Found) -> list[str]:
    """A record's list is one sentence, whatever marks stand in it; prose is cut."""
    return split_sentences(item.text) if item.source_type in ("note", "article") else [item.text]


def _score(question: str, item: Found, text: str, cosine: float) -> float:
    return item.prior + cosine + WORD_WEIGHT * _shared(question, item, text)


def _fits(question: str, item: Found, text: str, cosine: float) -> bool:
    return cosine >= LEAST_COSINE or _shared(question, item, text) >= LEAST_SHARED


def _shared(question: str, item: Found, text: str) -> float:
    wanted = question_terms(question)
    held = terms(f"{item.title} {text}" if item.source_type in ("note", "article") else f"{text} {item.also}")
    return len(wanted & held) / len(wanted) if wanted else 0.0
