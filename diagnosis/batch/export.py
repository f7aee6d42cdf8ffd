"""A run as CSV: one row for each input row, in order."""

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from diagnosis.models import BatchItem, BatchRun
from diagnosis.scope import reason_words
from medapp.typed import harmless_cell

ROWS_AT_ONCE = 500


class Echo:
    """A file-like that gives back what the csv module writes, for streaming answers."""

    def write(self, line: str) -> str:
        return line


def header(run: BatchRun) -> list[str]:
    return ["input", "status", "reason", "label", *(f"p_{code}" for code in _codes(run))]


def rows(run: BatchRun) -> Iterator[list[Any]]:
    """Yield the rows in input order. A row that was never scored says so."""
    codes = _codes(run)
    for item in run.items.order_by("row_number").iterator(chunk_size=ROWS_AT_ONCE):
        yield _row(item, run, codes)


def write_csv(run: BatchRun, target: TextIO) -> int:
    """Write the run to ``target`` for programs, names as they are; return how many rows."""
    writer = csv.writer(target)
    writer.writerow(header(run))
    count = 0
    for row in rows(run):
        writer.writerow(row)
        count += 1
    return count


def csv_lines(run: BatchRun) -> Iterator[str]:
    """Yield the lines for a spreadsheet: a byte order mark, which it needs for Chinese, and no formula."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(header(run))
    for name, *row in rows(run):
        yield writer.writerow([harmless_cell(name), *row])


def _codes(run: BatchRun) -> list[str]:
    return [label["code"] for label in run.model_version.card["labels"]]


def _row(item: BatchItem, run: BatchRun, codes: list[str]) -> list[Any]:
    scores = item.output.get("scores") or {}
    if item.status == BatchItem.Status.WAITING:
        return [item.name, "refused", reason_words("not-scored"), "", *("" for _code in codes)]
    figures = [f"{scores[code]:.6f}" if code in scores else "" for code in codes]
    label = item.output.get("label", "") if item.status == BatchItem.Status.SCORED else ""
    return [item.name, item.status, _reason(item, run), label, *figures]


def _reason(item: BatchItem, run: BatchRun) -> str:
    words = reason_words(item.reason_code) if item.reason_code else ""
    if run.ignore_scope and item.status == BatchItem.Status.SCORED:
        return " ".join(filter(None, [reason_words("scope-ignored"), words]))
    return words
