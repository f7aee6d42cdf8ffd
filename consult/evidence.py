"""Which passage supports which sentence of an answer. A sentence without one is struck."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SENTENCE = re.compile(r"[^。！？!?\n]*?(?:[。！？!?\n]|(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s+[A-Z\[])|\.$|$)")
MARK = re.compile(r"\s*\[(\d{1,2})\]")
LIST_MARK = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)、])[ \t]+")
NEW_LINE, BULLET = "\n", "• "
LATIN = re.compile(r"[a-z]{3,}|\d+(?:\.\d+)?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# A number with the unit behind it: "5 mg" and "5 ug" are two claims. Words that may follow any number are no units.
MEASURED = re.compile(r"(\d+(?:\.\d+)?)\s*(%|[a-zµμ°][a-z0-9µμ/^²³⁹]*)")
UNITS = _words(
    "% mg g kg ug µg ng pg ml l dl mmol/l umol/l µmol/l g/l mg/l mg/dl ug/l µg/l ng/ml pg/ml u/l miu/l iu mmhg bpm"
    " /min cm mm kg/m2 mg/kg second seconds minute minutes hours hour days day weeks week months month years year"
)
HAN = re.compile(r"[\u4e00-\u9fff]+")
STOP_WORDS = _words(
    "the and for with that this are was were can may from have has but you your which also been such other than will"
    " more most into when there these those they their its should about"
)
# What a question is made of, whatever it asks about.
QUESTION_WORDS = _words(
    "what how who where why does did was were last latest recent patient tell know value much many please his her she"
    " him"
)
ZH_QUESTION = re.compile(
    r"多少|什么|怎么样?|如何|哪些|哪种|哪个|是否|有没有|有无|是不是|能不能|可不可以|请问|告诉我|最近一次|最近|最新|上次"
    r"|目前|现在|这个|那个|患者|病人|[他她它我你]的?|一下|[吗呢吧的了是？?]"
)
NEGATION = re.compile(
    r"\b(?:no|not|never|without|none|neither|nor|cannot|denies|denied|negative|absent|avoid\w*|contraindicated|un(?:likely|able))\b|n't\b"
    r"|不(?!超过|适|仅|良|全|同|足|明|齐)|无(?!菌)|没|未|否认|阴性|勿|禁|避免|非(?!甾体)"
)
SHORTEST_STEM = 4
COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# "One to two weeks" is a claim with numbers; "one of them" is none.
COUNTED = re.compile(
    rf"\b({'|'.join(COUNTS)})(?=(?: to \w+| or \w+)? (?:second|minute|hour|day|week|month|year|time|dose|visit)s?\b)"
)
# The share of a sentence's terms that its passage must hold, chosen on tests/consult/test_claims.py
# (docs/experiments.md has the figures).
LEAST_SUPPORT = 0.75


@dataclass(frozen=True)
class Sentence:
    """A sentence and what stands before it: nothing, a space, or a new line with or without a list mark."""

    text: str
    lead: str


@dataclass(frozen=True)
class Supported:
    """A sentence and the index of the passage that supports it, or None."""

    text: str
    lead: str
    passage: int | None


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a Chinese or English answer, without citation marks."""
    for line in MARK.sub("", text).splitlines():
        rest = LIST_MARK.sub("", line)
        lead = NEW_LINE if rest == line else NEW_LINE + BULLET
        for match in SENTENCE.finditer(rest):
            sentence = match.group().strip()
            if terms(sentence):
                yield Sentence(sentence, lead)
                lead = "" if sentence[-1] in "。！？" else " "


def split_sentences(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


def plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return COUNTED.sub(lambda found: str(COUNTS.index(found[1]) + 1), folded)


def terms(text: str) -> set[str]:
    """Return what a sentence is about: Latin words and numbers, and pairs of Chinese characters."""
    folded = plain(text)
    words = {_stem(word) for word in LATIN.findall(folded) if word not in STOP_WORDS}
    pairs = {run[i : i + 2] for run in HAN.findall(folded) for i in range(max(1, len(run) - 1))}
    return words | pairs


def question_terms(question: str) -> set[str]:
    """Return what a question asks about, without the words that questions are made of."""
    return terms(ZH_QUESTION.sub(" ", question)) - {_stem(word) for word in QUESTION_WORDS}


def numbers(text: str) -> set[str]:
    return {_number(found.replace(",", "")) for found in NUMBER.findall(plain(text))}


def measured(text: str) -> set[tuple[str, str]]:
    """Return the numbers that have a unit behind them, each with it."""
    return {(_number(n), unit) for n, unit in MEASURED.findall(plain(text)) if unit in UNITS}


def is_negated(text: str) -> bool:
    return NEGATION.search(plain(text)) is not None


def support(answer: str, passages: Sequence[str]) -> list[Supported]:
    """Find each sentence's best passage; a sentence that none holds gets None."""
    held = [Held(passage) for passage in passages]
    return [Supported(one.text, one.lead, _best(one.text, held)) for one in sentences(answer)]


class Held:
    """What a passage says, sentence by sentence: a claim must stand in one of them, or in two that follow another."""

    def __init__(self, passage: str) -> None:
        own = split_sentences(passage)
        self._units = [_Unit(one) for one in [*own, *map(" ".join, pairwise(own))]]

    def score(self, sentence: str) -> float:
        """The share of the sentence's terms that stand here together."""
        wanted = _Unit(sentence)
        return max((unit.share_of(wanted) for unit in self._units), default=0.0)


class _Unit:
    def __init__(self, text: str) -> None:
        self.terms, self.numbers, self.measured = terms(text), numbers(text), measured(text)
        self.is_negated = is_negated(text)

    def share_of(self, claim: "_Unit") -> float:
        """0 where the claim has a number, a unit or a negation that does not stand here, or lacks the negation."""
        if not claim.numbers <= self.numbers or not claim.measured <= self.measured:
            return 0.0
        if claim.is_negated != self.is_negated:
            return 0.0
        return len(claim.terms & self.terms) / len(claim.terms)


def _best(sentence: str, held: Sequence[Held]) -> int | None:
    if sentence.rstrip().endswith(("?", "？")):
        return None  # a question, such as one's own handed back, says nothing
    scores = [one.score(sentence) for one in held]
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] >= LEAST_SUPPORT else None


def _stem(word: str) -> str:
    """One form for plurals and tenses; what matters is that both sides are cut alike."""
    if word[0].isdigit():
        return _number(word)
    for ending in ("ies", "es", "s", "ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _number(word: str) -> str:
    """ "03" and "3", "7.0" and "7" are the same number."""
    whole, _dot, rest = word.partition(".")
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")
