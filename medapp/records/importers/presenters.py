"""An import as the admin panel shows it."""

from typing import Any

from django.utils.translation import gettext as _

from medapp.records.importers.plans import Plan
from medapp.records.importers.problems import Problem
from medapp.records.importers.services import IMPORTERS
from medapp.records.models import ImportRun

SHOWN_ROWS = 50
SHOWN_PROBLEMS = 200


def counts(run: ImportRun) -> list[tuple[str, int]]:
    is_done = run.status == ImportRun.Status.DONE
    return [
        (_("rows in the file"), run.row_count),
        (_("imported") if is_done else _("to be imported"), run.created_count),
        (_("there already"), run.duplicate_count),
        (_("refused"), run.rejected_count),
    ]


def problem_table(problems: list[Problem]) -> dict[str, Any]:
    """The report, row by row: where, what is wrong, what stood there."""
    rows = [[p.row, p.column or _("whole row"), str(p.words), p.value] for p in problems[:SHOWN_PROBLEMS]]
    return {"headers": [_("Row"), _("Column"), _("What is wrong"), _("What stands there")], "rows": rows}


def preview_table(plan: Plan) -> dict[str, Any]:
    """The first rows as they would be read, each with its fate."""
    names = list(plan.columns)
    fields = {record.row: record.fields for record in plan.table.records}
    rows = []
    for row in plan.rows[:SHOWN_ROWS]:
        cells = fields.get(row.row)
        shown = [cells[plan.columns[name]] for name in names] if cells else ["…"] * len(names)
        rows.append([row.row, fate_words(row.status), *shown])
    titles = [plan.table.header[plan.columns[name]] for name in names]
    return {"headers": [_("Row"), _("What becomes of it"), *titles], "rows": rows}


def fate_words(status: str) -> str:
    return {"new": _("new"), "duplicate": _("there already"), "rejected": _("refused")}[status]


def column_table(kind: str) -> dict[str, Any]:
    """What the header may be called."""
    rows = [
        [column.name, _("needed") if column.is_needed else _("optional"), ", ".join(column.aliases)]
        for column in IMPORTERS[kind].columns
    ]
    return {"headers": [_("Column"), "", _("also called")], "rows": rows}
