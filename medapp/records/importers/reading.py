"""Bytes of a CSV file to records: encoding, delimiter, and rows that are broken without breaking the rest."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from medapp.records.importers.problems import Problem

BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
DELIMITERS = ",;\t|"
LONGEST_RECORD = 12  # physical lines of one record; more means a quotation mark that is never closed
LONGEST_LINE = 20_000  # characters


@dataclass(frozen=True)
class Record:
    """One row: its number as a spreadsheet counts it, its fields, and its text as it stood in the file."""

    row: int
    fields: list[str]
    text: str


@dataclass
class Table:
    encoding: str
    delimiter: str
    header: list[str]
    records: list[Record] = field(default_factory=list)
    broken: list[Problem] = field(default_factory=list)
    broken_text: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Line:
    text: str
    is_broken: bool


def read_table(data: bytes) -> Table:
    """Return header, good records and broken rows. An empty file gives an empty header."""
    lines, encoding = _decoded(data)
    while lines and not lines[0].text.strip():
        lines.pop(0)
    if not lines:
        return Table(encoding, ",", [])
    delimiter = _delimiter(lines[0].text)
    header = _fields(lines[0].text, delimiter) or []
    table = Table(encoding, delimiter, [name.strip() for name in header])
    _collect(table, lines)
    return table


def _collect(table: Table, lines: list[_Line]) -> None:
    """Sort the rows into good and broken ones. Rows are counted as records, like the rows of a spreadsheet."""
    row = 1
    for text, code in _records(lines[1:]):
        if not text.strip().strip(table.delimiter):
            row += 1
            continue
        row += 1
        fields = None if code else _fields(text, table.delimiter)
        if fields is not None and len(fields) != len(table.header):
            code = "wrong-width"
        if code or fields is None:
            table.broken.append(Problem(row, "", code or "broken-row"))
            table.broken_text[row] = text
        else:
            table.records.append(Record(row, [value.strip() for value in fields], text))


def _records(lines: list[_Line]) -> Iterator[tuple[str, str]]:
    """Yield (text, code of what is broken or ""). A record goes on while a quotation mark is open."""
    at = 0
    while at < len(lines):
        end = at + 1
        while _is_open(lines[at:end]) and end < len(lines) and end - at < LONGEST_RECORD:
            end += 1
        if _is_open(lines[at:end]):
            yield lines[at].text, "broken-quotes"
            at += 1
            continue
        is_broken = any(line.is_broken for line in lines[at:end])
        text = "\n".join(line.text for line in lines[at:end])
        yield text, "broken-encoding" if is_broken else "broken-row" if len(text) > LONGEST_LINE else ""
        at = end


def _is_open(lines: list[_Line]) -> bool:
    return sum(line.text.count('"') for line in lines) % 2 == 1


def _fields(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _decoded(data: bytes) -> tuple[list[_Line], str]:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _lines(data[len(bom) :], encoding), encoding
    raw = [line for line in re.split(rb"\r\n|\n|\r", data) if not line.isascii()]
    readable = sum(_is(line, "utf-8") for line in raw)
    # Chinese text in GB18030 is hardly ever valid UTF-8 by chance, so the majority of the lines decides.
    encoding = "utf-8" if 2 * readable >= len(raw) else "gb18030"
    return _lines(data, encoding), encoding


def _lines(data: bytes, encoding: str) -> list[_Line]:
    """Decode line by line, so that one broken byte costs one line. A newline is never part of a GB18030 character."""
    if encoding.startswith("utf-16"):
        return [_Line(text, "�" in text) for text in data.decode(encoding, "replace").splitlines()]
    return [_line(line, encoding) for line in re.split(rb"\r\n|\n|\r", data)]


def _line(raw: bytes, encoding: str) -> _Line:
    text = raw.decode(encoding, "replace")
    return _Line(text.replace("\x00", ""), not _is(raw, encoding) or b"\x00" in raw)


def _is(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(header: str) -> str:
    outside = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=outside.count)
