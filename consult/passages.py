"""What a citation points at: a stretch of text short enough to quote, with where it is from."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import translation

PASSAGE_CHARACTERS = 500
SENTENCE_ENDS = ("。", "！", "？", ". ", "\n")


@dataclass(frozen=True)
class Found:
    """A passage with where it is from and how well it fits the question.

    ``also`` holds further words by which it may be asked for, such as its names in the other language; they are
    searched, never shown. ``prior`` is what it is worth before the question is known.
    """

    source_type: str
    source_id: str
    title: str
    text: str
    url: str
    edition: int | None = None
    score: float = 0.0
    also: str = ""
    prior: float = 0.0


def pieces(text: str, length: int = PASSAGE_CHARACTERS) -> Iterator[str]:
    """Cut ``text`` at sentence ends into pieces of at most ``length`` characters."""
    rest = text.strip()
    while len(rest) > length:
        window = rest[:length]
        cut = max(window.rfind(mark) for mark in SENTENCE_ENDS)
        cut = cut + 1 if cut > length // 3 else length
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest


def reader_language(question: str) -> str:
    """Return "zh" where the question is written in Chinese, else "en"."""
    han = sum("\u4e00" <= character <= "\u9fff" for character in question)
    return "zh" if han * 4 >= len(question.strip()) or han > 8 else "en"


def speak(language: str) -> "translation.override":
    """Context in which record entries are named in the language of the question."""
    return translation.override("zh-hans" if language == "zh" else "en")
