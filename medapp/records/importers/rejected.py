"""The rows that were not imported, as a file to correct and import again."""

import csv
from io import StringIO

from medapp.records.importers.plans import Plan
from medapp.records.importers.problems import Problem

ENCODING = "utf-8-sig"  # spreadsheets recognise Chinese by its mark


def rejected_csv(plan: Plan, problems: list[Problem], row_title: str, reason_title: str) -> bytes:
    """Return the rejected rows as they stood, with their number and the reason in the active language.

    The two added columns stand last, so that the file can be imported again once it is corrected.
    """
    texts = plan.table.broken_text | {record.row: record.text for record in plan.table.records}
    fields = {record.row: record.fields for record in plan.table.records}
    target = StringIO()
    writer = csv.writer(target, delimiter=plan.table.delimiter)
    writer.writerow([*plan.table.header, row_title, reason_title])
    for problem in problems:
        cells = fields.get(problem.row) or texts.get(problem.row, "").split(plan.table.delimiter)
        padded = [*cells, *[""] * (len(plan.table.header) - len(cells))]
        reason = f"{problem.column} {problem.words}".strip()
        writer.writerow([*map(_harmless, padded[: len(plan.table.header)]), problem.row, reason])
    return target.getvalue().encode(ENCODING)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula loses that meaning."""
    return f"'{cell}" if cell[:1] in "=+@" and cell[:1] else cell
