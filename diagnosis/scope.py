"""The input gate's codes in words."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from imaging.words import SENTENCES
from medapp.errors import Words
from ml.outputs import ScopeVerdict

WORDS: dict[str, Words] = {
    "wrong-modality": _("The picture is of another modality than the model reads."),
    "wrong-body-part": _("The picture shows another part of the body than the model reads."),
    "wrong-view": _("The picture was taken from another side than the model reads."),
    "not-a-radiograph": _("The picture is not a radiograph."),
    "not-a-chest": _("The picture does not look like the chest radiographs that the model was trained on."),
    "age-out-of-range": _("The model was trained on children; this patient is outside that age."),
    "looks-adult": _("The picture looks like an adult’s; the model was trained on children."),
    "age-unknown": _("The patient’s age is not known, so it was not checked."),
    "blank-image": _("The picture is blank."),
    "uncertain": _("The probabilities are too close together to name one finding."),
    "empty": _("There is no text."),
    "too-long": _("The text is longer than the model reads; only the beginning was used."),
    "not-medical": _("The text does not look like a medical question or note."),
    "unsupported-language": _("The text is in a language that the model does not read."),
}


def told_code(scope: ScopeVerdict) -> str:
    """Return the verdict's code as people are told it: an age that the picture shows is not one from the record."""
    is_guess = scope.code == "age-out-of-range" and scope.detail.get("source") == "picture"
    return "looks-adult" if is_guess else scope.code


def scope_words(codes: Iterable[str]) -> list[Words]:
    """Return the sentences for ``codes``; an unknown code stands for itself."""
    return [WORDS.get(code, code) for code in codes if code]


BATCH_WORDS: dict[str, Words] = {
    "scope-ignored": _("Scored without the input gate (--ignore-scope)."),
    "not-scored": _("Not scored yet."),
    "broken-row": _("The row has too few columns or a quote that does not end."),
    "broken-characters": _("The row holds bytes that are no text in the file’s encoding."),
    "outside-folder": _("The link leads out of the folder."),
    "unreadable": _("The file cannot be read."),
}


def reason_words(code: str) -> str:
    """Return a row's reason as "code: sentence", for tables that people and programs read."""
    words = WORDS.get(code) or BATCH_WORDS.get(code) or _file_words(code)
    return f"{code}: {words}" if words else code


def _file_words(code: str) -> Words:
    """Return imaging's sentence for a file that could not be read."""
    sentence = SENTENCES.get(code)
    return sentence.message if sentence is not None else ""
