"""An answer made of quotations alone, for a language that the local model does not write."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from consult.evidence import split_sentences, terms
from consult.retrieval import Found, speak

MOST_QUOTES = 4


def quote(question: str, found: Sequence[Found]) -> Iterator[str]:
    """Yield the sentences of the passages that share most with the question, each with its number."""
    with speak("zh"):
        opening, nothing = _("From the sources:"), _("My sources do not say.")
    wanted = terms(question)
    candidates = [
        (len(wanted & terms(sentence)), -number, sentence)
        for number, item in enumerate(found, start=1)
        for sentence in split_sentences(item.text)
    ]
    best = sorted((c for c in candidates if c[0] > 0), reverse=True)[:MOST_QUOTES]
    if not best:
        yield nothing
        return
    yield opening + "\n"
    for _score, negative_number, sentence in best:
        yield f"- {sentence} [{-negative_number}]\n"
