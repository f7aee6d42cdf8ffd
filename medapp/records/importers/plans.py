"""The plan of an import: what would become of each row."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from medapp.accounts.models import User
from medapp.records.importers.problems import Problem, RowError
from medapp.records.importers.reading import Record, Table
from medapp.records.spelling import folded

NEW, DUPLICATE, REJECTED = "new", "duplicate", "rejected"


@dataclass(frozen=True)
class Column:
    """A column by its name here and by whatever else the header may call it."""

    name: str
    is_needed: bool = False
    aliases: tuple[str, ...] = ()

    def is_called(self, title: str) -> bool:
        word = folded(title).replace(" ", "_")
        return word == self.name or word in {folded(alias).replace(" ", "_") for alias in self.aliases}


@dataclass
class Planned:
    """A row with its fate; ``values`` is what the writer takes."""

    row: int
    status: str
    values: Any = None
    key: str = ""


@dataclass
class Plan:
    table: Table
    columns: dict[str, int]
    rows: list[Planned] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count(self, status: str) -> int:
        return sum(row.status == status for row in self.rows)


class Importer(ABC):
    """How one kind of file becomes rows of the record."""

    columns: ClassVar[tuple[Column, ...]]

    @abstractmethod
    def prepare(self, cells: list[dict[str, str]]) -> None:
        """Look up, in a few queries, what the rows mention."""

    @abstractmethod
    def values(self, cells: dict[str, str]) -> tuple[str, Any]:
        """Return (the key of the row, what to write), or raise RowError."""

    @abstractmethod
    def known(self, keys: set[str]) -> set[str]:
        """Return the keys that are in the record already."""

    @abstractmethod
    def write(self, rows: list[Planned], by: User) -> list[UUID]:
        """Write new rows in the current transaction and return the patients they concern."""


def located(columns: Iterable[Column], header: list[str]) -> dict[str, int]:
    """Return where each known column stands."""
    return {
        column.name: number
        for column in columns
        for number, title in enumerate(header)
        if column.is_called(title)
    }


def make_plan(table: Table, importer: Importer) -> Plan:
    """Return what would become of every row, without writing anything."""
    plan = Plan(table, located(importer.columns, table.header))
    for problem in table.broken:
        plan.rows.append(Planned(problem.row, REJECTED))
        plan.problems.append(problem)
    cells = [_cells(record, plan.columns) for record in table.records]
    importer.prepare(cells)
    for record, values in zip(table.records, cells, strict=True):
        _plan_row(plan, importer, record, values)
    _mark_duplicates(plan, importer.known)
    plan.rows.sort(key=lambda row: row.row)
    plan.problems.sort(key=lambda problem: problem.row)
    return plan


def _cells(record: Record, columns: dict[str, int]) -> dict[str, str]:
    return {name: record.fields[number] for name, number in columns.items()}


def _plan_row(plan: Plan, importer: Importer, record: Record, cells: dict[str, str]) -> None:
    try:
        for column in importer.columns:
            if column.is_needed and not cells.get(column.name):
                raise RowError("missing", column.name)
        key, values = importer.values(cells)
    except RowError as error:
        plan.rows.append(Planned(record.row, REJECTED))
        plan.problems.append(error.at(record.row))
    else:
        plan.rows.append(Planned(record.row, NEW, values, key))


def _mark_duplicates(plan: Plan, known: Callable[[set[str]], set[str]]) -> None:
    seen = known({row.key for row in plan.rows if row.status == NEW})
    for row in plan.rows:
        if row.status == NEW:
            if row.key in seen:
                row.status = DUPLICATE
            seen.add(row.key)
