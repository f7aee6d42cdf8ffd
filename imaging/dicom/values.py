"""Single values out of a dataset that nobody promised anything about."""

import math
import re
from datetime import date, time
from typing import Any

UID_PATTERN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")
# Real archives are full of components with a leading zero; they are harmless, so they may pass.
LENIENT_UID_PATTERN = re.compile(r"[0-9]+(?:\.[0-9]+)+")
UID_MAX_LENGTH = 64
AGE_PATTERN = re.compile(r"(\d{1,3})([DWMY])")
AGE_UNIT_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
MAX_AGE_YEARS = 130.0


def is_valid_uid(value: str) -> bool:
    """PS3.5 section 9.1: digits and dots, at most 64 characters."""
    return len(value) <= UID_MAX_LENGTH and LENIENT_UID_PATTERN.fullmatch(value) is not None


def clean(raw: bytes | None) -> bytes:
    return (raw or b"").strip(b" \0\t\r\n")


def ascii_text(raw: bytes | None) -> str:
    return clean(raw).decode("ascii", "replace")


def parse_date(text: str) -> date | None:
    """DA, also in the retired form 1999.12.31 and with a time glued to it."""
    digits = text.replace(".", "").replace("-", "")[:8]
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return found if found.year >= 1850 else None


def parse_time(text: str) -> time | None:
    """TM: HH, HHMM, HHMMSS(.ffffff), colons tolerated."""
    whole, _, fraction = text.replace(":", "").partition(".")
    if not (whole.isascii() and whole.isdigit()) or len(whole) not in (2, 4, 6):
        return None
    parts = [int(whole[index : index + 2]) for index in range(0, len(whole), 2)]
    micros = int((fraction + "000000")[:6]) if fraction.isascii() and fraction.isdigit() else 0
    try:
        hour, minute, second = (*parts, 0, 0)[:3]
        return time(hour, minute, second, micros)
    except ValueError:
        return None


def parse_age_years(text: str) -> float | None:
    """AS such as 012Y, 018M, 003W, 010D; bare numbers are not guessed at."""
    match = AGE_PATTERN.fullmatch(text.strip().upper())
    if match is None:
        return None
    years = int(match[1]) * AGE_UNIT_YEARS[match[2]]
    return round(years, 3) if years <= MAX_AGE_YEARS else None


def age_between(birth: date | None, day: date | None) -> float | None:
    if birth is None or day is None or day < birth:
        return None
    years = (day - birth).days / 365.25
    return round(years, 3) if years <= MAX_AGE_YEARS else None


def parse_floats(text: str) -> list[float]:
    """DS or FD as text; what is no finite number is left out."""
    numbers = (_number(part) for part in text.split("\\"))
    return [number for number in numbers if number is not None]


def _number(text: str) -> float | None:
    try:
        number = float(text.strip() or "nan")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def parse_int(text: str) -> int | None:
    numbers = parse_floats(text)
    if not numbers or abs(numbers[0]) > 2**31:
        return None
    return int(numbers[0])


def finite_floats(value: Any) -> list[float]:
    """Numbers out of whatever pydicom made of a DS, FD, FL or US element."""
    items = value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]
    return parse_floats("\\".join(str(item) for item in items if item is not None))
