"""Values out of addresses, headers, files and forms, which anybody can type."""

import re

LONGEST = 9  # digits; nothing that is counted here has more
# Line breaks and other controls, and the marks that turn the direction of all that follows (Unicode UAX 9).
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
TURNS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def whole_number(text: str, default: int | None = None) -> int | None:
    """Return the number that ``text`` writes in ASCII digits, or ``default``.

    ``str.isdigit`` lets through what ``int`` does not read, and ``int`` refuses thousands of digits.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST
    return int(text) if is_number else default


def plain_line(text: str) -> str:
    """Return ``text`` as one line that cannot make what stands beside it read otherwise."""
    return CONTROLS.sub(" ", TURNS.sub("", text)).strip()


def harmless_cell(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
