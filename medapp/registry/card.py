"""A model card's Markdown as blocks that a template can draw, so that no foreign HTML reaches a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from medapp.registry.models import ModelVersion

_INLINE = re.compile(r"\*\*(.+?)\*\*|`(.+?)`|\[([^\]]+)\]\([^)]*\)")


@dataclass
class Block:
    """``kind`` is heading, paragraph, list or table; ``rows`` holds items or the cells below ``head``."""

    kind: str
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)


def card_blocks(model_version: ModelVersion, language: str) -> list[Block]:
    """Return the pack's own card in the reader's language, without its title; nothing where the file is gone."""
    name = "card.zh.md" if language.startswith("zh") else "card.md"
    path = Path(settings.PACKS_DIR) / model_version.folder / name
    if not model_version.is_enabled or not path.is_file():
        return []
    blocks = list(parse(path.read_text(encoding="utf-8")))
    return blocks[1:] if blocks and blocks[0].kind == "heading" else blocks


def parse(markdown: str) -> Iterator[Block]:
    for chunk in re.split(r"\n\s*\n", markdown.strip()):
        lines = [line.rstrip() for line in chunk.splitlines()]
        while lines and lines[0].startswith("#"):
            yield Block("heading", _plain(lines.pop(0).lstrip("#")))
        if lines:
            yield _block(lines)


def _block(lines: list[str]) -> Block:
    if lines[0].lstrip().startswith("|"):
        return _table(lines)
    if re.match(r"\s*([-*]|\d+\.)\s", lines[0]):
        return Block("list", rows=[[item] for item in _items(lines)])
    return Block("paragraph", _plain(_joined(lines)))


def _table(lines: list[str]) -> Block:
    head, *rows = [_cells(line) for line in lines if not re.fullmatch(r"[|\s:-]*-[|\s:-]*", line)]
    return Block("table", rows=rows, head=head if any(head) else [])


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        found = re.match(r"\s*(?:[-*]|\d+\.)\s+(.*)", line)
        if found:
            items.append(_plain(found[1]))
        else:
            items[-1] = _joined([items[-1], _plain(line)])
    return items


def _cells(line: str) -> list[str]:
    return [_plain(cell) for cell in line.strip().strip("|").split("|")]


def _joined(lines: list[str]) -> str:
    """Join wrapped lines; between two Chinese characters a line's end is no space."""
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", " ".join(lines))


def _plain(text: str) -> str:
    return _INLINE.sub(lambda found: next(group for group in found.groups() if group), text).strip()
