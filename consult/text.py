"""Messages as they may be stored and shown: no control characters, none that turn the reading direction."""

import unicodedata

KEPT = {"\n", "\t"}
# Cc control, Cf format (bidirectional overrides, zero width), Cs lone surrogates, Co private use.
UNWANTED = ("Cc", "Cf", "Cs", "Co")


def clean(text: str) -> str:
    """Return ``text`` with one kind of line end and without what a reader cannot see; safe for pieces of a text."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in unified if c in KEPT or unicodedata.category(c) not in UNWANTED)
