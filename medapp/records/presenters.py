"""How rows of the record read in the reader's language."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from medapp.records.models import AllergyIntolerance, Condition, MedicationRequest, Note, Observation
from medapp.ui.words import is_chinese

UNITS = {
    "Cel": "°C",
    "/min": "/min",
    "mm[Hg]": "mmHg",
    "10*9/L": "10⁹/L",
    "umol/L": "µmol/L",
    "m[IU]/L": "mIU/L",
}


def condition_name(row: Condition) -> str:
    return row.display if is_chinese() else row.display_en or row.display


def medication_name(row: MedicationRequest) -> str:
    return row.name if is_chinese() else row.name_en or row.name


def substance_name(row: AllergyIntolerance) -> str:
    return row.substance if is_chinese() else row.substance_en or row.substance


def observation_name(row: Observation) -> str:
    first, second = (row.display_zh, row.display_en) if is_chinese() else (row.display_en, row.display_zh)
    return first or second or row.code


def unit_words(unit: str) -> str:
    """Return a UCUM unit as people write it."""
    return UNITS.get(unit, unit)


def number_words(value: Decimal | None) -> str:
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def range_words(row: Observation) -> str:
    low, high = number_words(row.reference_low), number_words(row.reference_high)
    if low and high:
        return f"{low}–{high}"
    if low:
        return f"≥ {low}"
    return f"≤ {high}" if high else ""


def abnormal_words(rows: Iterable[Observation]) -> str:
    """Name the values outside their range, or say that there are none."""
    outside = [row for row in rows if row.flag]
    if not outside:
        return _("all within the reference ranges")
    arrows = {"low": "↓", "high": "↑"}
    return " · ".join(
        f"{observation_name(row)} {number_words(row.value_number)} {unit_words(row.unit)} {arrows[row.flag]}"
        for row in outside[:6]
    )


def note_name(note: Note) -> str:
    """A note's title, or its kind where it has none."""
    return note.title or str(note.get_kind_display())
