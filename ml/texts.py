"""What a text is before any model reads it: joined, measured, refused. Nothing here needs PyTorch."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from ml.errors import InvalidInput
from ml.outputs import ScopeVerdict

EMPTY, TOO_LONG, NOT_MEDICAL = "empty", "too-long", "not-medical"
UNSUPPORTED_LANGUAGE = "unsupported-language"
TRUNCATED = "truncated"  # a note under scope.detail["notes"], not a refusal

_SCRIPTS = ("CJK", "LATIN", "GREEK")  # Greek letters stand in medical words: α, β, μ


@dataclass(frozen=True)
class Limits:
    """`readable` characters can make a difference, more than `longest` are refused; at least
    `known_script` of the letters must be Chinese or Latin."""

    readable: int = 4_000
    longest: int = 20_000
    known_script: float = 0.8


@dataclass(frozen=True)
class Examined:
    """What to read of a text, which is "" when there is nothing, and whether it may be read."""

    text: str
    verdict: ScopeVerdict


def join_fields(title: str, question: str) -> str:
    """A title and a question as one text, as the models saw them in training."""
    return "\n".join(part for part in (title.strip(), question.strip()) if part)


def examine(text: Any, limits: Limits | None = None) -> Examined:
    """Refuse what no model can read. Raises InvalidInput when it is not a text at all."""
    limits = limits or Limits()
    if not isinstance(text, str):
        raise InvalidInput(f"a text is needed, not {type(text).__name__}")
    begin = text[: limits.readable]
    detail: dict[str, Any] = {"characters": len(text)}
    letters = [character for character in begin if character.isalpha()]
    if not letters:
        return Examined("", ScopeVerdict(False, EMPTY, detail))
    if len(text) > limits.longest:
        return Examined(begin, ScopeVerdict(False, TOO_LONG, {**detail, "limit": limits.longest}))
    known = sum(_is_known(character) for character in letters) / len(letters)
    if known < limits.known_script:
        detail["known_script"] = round(known, 2)
        return Examined(begin, ScopeVerdict(False, UNSUPPORTED_LANGUAGE, detail))
    return Examined(begin, ScopeVerdict(True, "", detail))


def _is_known(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith(_SCRIPTS)
