"""Values out of addresses, headers and hidden fields, which anybody can type."""

LONGEST = 9  # digits; nothing that is counted here has more


def whole_number(text: str, default: int | None = None) -> int | None:
    """Return the number that ``text`` writes in ASCII digits, or ``default``.

    ``str.isdigit`` lets through what ``int`` does not read, and ``int`` refuses thousands of digits.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST
    return int(text) if is_number else default
