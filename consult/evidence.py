"""Which passage supports which sentence of an answer. A sentence without one is struck."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

SENTENCE = re.compile(r"[^。！？!?\n]*?(?:[。！？!?\n]|(?<!\d)\.(?=\s|$)|$)")
MARK = re.compile(r"\[(\d{1,2})\]")
LATIN = re.compile(r"[a-z]{3,}|\d+(?:\.\d+)?")
HAN = re.compile(r"[\u4e00-\u9fff]+")
STOP_WORDS = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "that",
        "this",
        "are",
        "was",
        "were",
        "can",
        "may",
        "from",
        "have",
        "has",
        "not",
    ]
    + [
        "but",
        "you",
        "your",
        "which",
        "also",
        "been",
        "such",
        "other",
        "than",
        "will",
        "more",
        "most",
        "into",
        "when",
    ]
    + ["there", "these", "those", "they", "their", "its", "should", "about"]
)
# The share of a sentence's terms that its passage must hold. Chosen so that a paraphrase in the passage's own
# words passes and a sentence on another subject does not (tests/consult/test_evidence.py).
LEAST_SUPPORT = 0.6


@dataclass(frozen=True)
class Supported:
    """A sentence and the index of the passage that supports it, or None."""

    text: str
    passage: int | None


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a Chinese or English answer, without citation marks or list marks."""
    found = (MARK.sub("", match.group()).strip(" \t\n-*•") for match in SENTENCE.finditer(text))
    return [sentence for sentence in found if terms(sentence)]


def terms(text: str) -> set[str]:
    """Return what a sentence is about: Latin words and numbers, and pairs of Chinese characters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = {word for word in LATIN.findall(plain) if word not in STOP_WORDS}
    pairs = {run[i : i + 2] for run in HAN.findall(plain) for i in range(max(1, len(run) - 1))}
    return words | pairs


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", unicodedata.normalize("NFKC", text)))


def support(answer: str, passages: Sequence[str]) -> list[Supported]:
    """Find each sentence's best passage: enough shared terms, and no number that the passage does not hold."""
    passage_terms = [terms(passage) for passage in passages]
    passage_numbers = [numbers(passage) for passage in passages]
    result = []
    for sentence in split_sentences(answer):
        wanted, figures = terms(sentence), numbers(sentence)
        scores = [
            len(wanted & held) / len(wanted) if figures <= known else 0.0
            for held, known in zip(passage_terms, passage_numbers, strict=True)
        ]
        best = max(range(len(scores)), key=scores.__getitem__) if scores else None
        is_supported = best is not None and scores[best] >= LEAST_SUPPORT
        result.append(Supported(sentence, best if is_supported else None))
    return result
