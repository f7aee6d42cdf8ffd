"""Text and person names in the character sets that hospitals really send.

A declared set is believed when it decodes. Chinese text without a declaration (or declared as
Latin) is flagged, kept as it came, and a reading is offered; nothing is renamed silently.
Character sets: PS3.3 C.12.1.1.2; person names: PS3.5 section 6.2.1.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any, Self

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS

MAX_TEXT = 1024
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LATIN_ENCODINGS = frozenset(("ascii", "iso8859", "latin_1", "iso8859_1", "iso-8859-1", "latin-1"))
# pydicom decodes ISO 2022 text and leaves the escape sequences of some sets standing in it.
ESCAPES = re.compile(r"\x1b[\x20-\x2f]+[\x30-\x7e]")
GB_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xb0-\xf7][\xa1-\xfe])*")


@dataclass(frozen=True)
class Reading:
    """`text` as declared; `offered` what it probably says when the declaration cannot be right."""

    text: str
    offered: str | None = None


@dataclass(frozen=True)
class PersonName:
    """The three groups of a PN, components joined by a blank; `raw` is the value's bytes as hex."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""
    raw: str = ""
    offered: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    @property
    def display(self) -> str:
        return self.offered or self.ideographic or self.alphabetic


class TextReader:
    """Decodes bytes under one Specific Character Set (0008,0005) and remembers what was wrong."""

    def __init__(self, declared: list[str]) -> None:
        self.declared = declared
        self.warnings: set[str] = set()
        unknown = [term for term in declared if term and term not in python_encoding]
        if unknown:
            self.warnings.add("charset-unknown")
        known = [term for term in declared if term in python_encoding]
        self.encodings: list[str] = list(convert_encodings(known or [""]))
        self.is_latin_only = all(name.lower() in LATIN_ENCODINGS for name in self.encodings)

    def text(self, raw: bytes | None) -> str:
        reading = self.read(raw, TEXT_VR_DELIMS)
        return reading.offered or reading.text

    def read(self, raw: bytes | None, delimiters: set[int] = TEXT_VR_DELIMS) -> Reading:
        raw = (raw or b"")[: MAX_TEXT * 4].strip(b" \0")
        if raw.isascii() and b"\x1b" not in raw:
            return Reading(_printable(raw.decode("ascii")))
        if not self.is_latin_only:
            return self._declared_reading(raw, delimiters)
        offered = offer_reading(raw)
        if offered is not None:
            self.warnings.add("charset-suspect" if any(self.declared) else "charset-undeclared")
        elif not any(self.declared):
            self.warnings.add("charset-undeclared")
        return Reading(_printable(raw.decode("latin-1")), offered)

    def _declared_reading(self, raw: bytes, delimiters: set[int]) -> Reading:
        try:
            text = decode_bytes(raw, self.encodings, delimiters)
        except (UnicodeError, LookupError, ValueError):
            text = "\ufffd"
        if "\ufffd" not in text:
            return Reading(_printable(text))
        self.warnings.add("charset-suspect")
        return Reading(_printable(raw.decode("latin-1")), offer_reading(raw))

    def person_name(self, raw: bytes | None) -> PersonName | None:
        raw = (raw or b"").strip(b" \0")
        if not raw:
            return None
        groups = [self.read(part, PN_DELIMS) for part in raw[: MAX_TEXT * 4].split(b"=")[:3]]
        texts = [_components(group.text) for group in groups] + ["", ""]
        offered = [_components(group.offered) for group in groups if group.offered]
        return PersonName(texts[0], texts[1], texts[2], raw[:MAX_TEXT].hex(), offered[0] if offered else None)


def offer_reading(raw: bytes) -> str | None:
    """A Chinese reading of undeclared bytes: UTF-8 if it is that, else GB 2312 pairs."""
    try:
        return _printable(raw.decode("utf-8"))
    except UnicodeError:
        pass
    try:
        text = raw.decode("gb18030")
    except UnicodeError:
        return None
    # Two accented Latin letters in a row look like one GB character; ask for two of them.
    is_chinese = GB_PAIRS.fullmatch(raw) is not None and len(CJK.findall(text)) >= 2
    return _printable(text) if is_chinese else None


def _printable(text: str) -> str:
    text = ESCAPES.sub("", text)
    return "".join(char for char in text if char.isprintable()).strip()[:MAX_TEXT]


def _components(text: str) -> str:
    """Family and given name in the order they came, blanks between, empty parts dropped."""
    parts = [part.strip() for part in text.split("^") if part.strip()]
    return " ".join(parts)
