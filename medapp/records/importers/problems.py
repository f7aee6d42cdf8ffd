"""What can be wrong with a row, in the reader's language and as codes that can be stored."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from medapp.errors import Words

WORDS: dict[str, Words] = {
    "broken-encoding": _("has bytes that are not text in the file’s encoding"),
    "broken-quotes": _("has a quotation mark that is never closed"),
    "broken-row": _("cannot be read as a row"),
    "wrong-width": _("has another number of fields than the header"),
    "missing": _("is empty but needed"),
    "too-long": _("is too long"),
    "bad-date": _("is not a date; write 1980-03-05"),
    "bad-moment": _("is not a date with time; write 2024-03-05 14:30"),
    "in-the-future": _("lies in the future"),
    "too-old": _("lies before 1880"),
    "bad-number": _("is not a number"),
    "implausible": _("is a value that no living person has"),
    "unknown-choice": _("is none of the words that are understood here"),
    "no-name": _("neither a Chinese nor a Latin name is given"),
    "unknown-patient": _("is the number of no patient; import the patients first"),
    "unknown-department": _("is the code or name of no department"),
    "unknown-test": _("is no known test; give a LOINC code or a name of the catalogue"),
    "range-order": _("the lower limit is above the upper one"),
    "ends-before-start": _("lies before the beginning"),
    "other-unit": _("is not the unit of this test, so the value cannot be compared"),
    "conflict": _("belongs to a patient with other data; nothing was overwritten"),
    "id-taken": _("belongs to another patient"),
    "refused": _("was refused by the record"),
}


@dataclass(frozen=True)
class Problem:
    """``row`` is the line's number in a spreadsheet (the header is 1); ``column`` "" means the whole row."""

    row: int
    column: str
    code: str
    value: str = ""

    @property
    def words(self) -> Words:
        return WORDS[self.code]

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


class RowError(Exception):
    """One field of a row cannot be used."""

    def __init__(self, code: str, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.code, self.column, self.value = code, column, value

    def at(self, row: int) -> Problem:
        return Problem(row, self.column, self.code, self.value[:80])
