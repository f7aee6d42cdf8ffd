"""The texts of the application: which there are, and how the catalogues under locale/ translate them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("medapp", "imaging", "diagnosis", "consult", "ml")
KEYWORDS: dict[str, tuple | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")
Key = tuple[str, str]  # context and text; a plural goes by its singular


@dataclass(frozen=True)
class Use:
    """A text and the first place that shows it."""

    key: Key
    place: str


def catalogue_paths() -> list[Path]:
    return sorted(ROOT.glob("locale/*/*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=path.parents[1].name, abort_invalid=True)


def translated() -> dict[Key, tuple[Message, Path]]:
    """Return every finished entry of every catalogue."""
    entries = ((entry, path) for path in catalogue_paths() for entry in read(path))
    return {
        (entry.context or "", _singular(entry)): (entry, path)
        for entry, path in entries
        if entry.id and not entry.fuzzy and strings_of(entry) and all(strings_of(entry))
    }


def strings_of(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _singular(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def used() -> Iterator[Use]:
    """Yield the texts that the Python files and templates mark for translation."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from _in_python(path, path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            yield from _in_python(path, _as_python(path))


def _as_python(path: Path) -> str:
    """Django blanks a template's other words; without their indentation the rest reads as Python."""
    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return "\n".join(line.strip() for line in text.splitlines())


def _in_python(path: Path, text: str) -> Iterator[Use]:
    place = path.relative_to(ROOT)
    for line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        words = message if isinstance(message, str) else message[0]
        if words:
            yield Use((context or "", words), f"{place}:{line}")
