"""What changed between two versions of a text, line by line, and within a changed line word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

KEPT_AROUND = 2  # unchanged lines shown on each side of a change
MOST_COMPARED = 400  # lines; beyond, word-level comparison costs more than it shows


@dataclass(frozen=True)
class Piece:
    """``kind`` is "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """``kind`` is "same", "added", "removed" or "gap" (lines left out)."""

    kind: str
    pieces: list[Piece]


def changes(before: str, after: str) -> list[Line]:
    """Return the lines that changed, with a little around them."""
    old, new = before.split("\n") if before else [], after.split("\n")
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines.extend(Line("same", [Piece("same", text)]) for text in new[c:d])
        elif tag == "replace" and max(b - a, d - c) <= MOST_COMPARED:
            lines.extend(_replaced(old[a:b], new[c:d]))
        else:
            lines.extend(Line("removed", [Piece("removed", text)]) for text in old[a:b])
            lines.extend(Line("added", [Piece("added", text)]) for text in new[c:d])
    return _shortened(lines)


def _replaced(old: list[str], new: list[str]) -> list[Line]:
    lines = []
    for left, right in zip_longest(old, new):
        if left is not None:
            lines.append(Line("removed", _words(left, right or "", "removed")))
        if right is not None:
            lines.append(Line("added", _words(left or "", right, "added")))
    return lines


def _words(old: str, new: str, side: str) -> list[Piece]:
    """Return the pieces of one side; a Chinese character counts as a word."""
    left, right = (re.findall(r"[^\W一-鿿]+|\s+|.", text) for text in (old, new))
    pieces = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        own = left[a:b] if side == "removed" else right[c:d]
        if own:
            pieces.append(Piece("same" if tag == "equal" else side, "".join(own)))
    return pieces


def _shortened(lines: list[Line]) -> list[Line]:
    near = {
        number + offset
        for number, line in enumerate(lines)
        if line.kind != "same"
        for offset in range(-KEPT_AROUND, KEPT_AROUND + 1)
    }
    shown: list[Line] = []
    for number, line in enumerate(lines):
        if number in near:
            shown.append(line)
        elif not shown or shown[-1].kind != "gap":
            shown.append(Line("gap", []))
    return shown
