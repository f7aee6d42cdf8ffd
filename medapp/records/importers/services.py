"""Start, apply or discard an import. The original is kept encrypted whatever becomes of it."""

import json
from io import BytesIO
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.errors import ConflictError
from medapp.records.errors import EmptyFileError
from medapp.records.importers.encounters import EncounterImporter
from medapp.records.importers.errors import TooManyRowsError, UnknownColumnsError
from medapp.records.importers.observations import ObservationImporter
from medapp.records.importers.patients import PatientImporter
from medapp.records.importers.plans import (
    DUPLICATE,
    NEW,
    REJECTED,
    Importer,
    Plan,
    Planned,
    located,
    make_plan,
)
from medapp.records.importers.problems import Problem
from medapp.records.importers.reading import Table, read_table
from medapp.records.models import ImportRun
from medapp.vault.blobs import read_blob
from medapp.vault.services import store_blob

LARGEST_FILE = 32 * 1024 * 1024  # bytes
MOST_ROWS = 20_000
ROWS_AT_ONCE = 200  # written in one transaction, so that the audit chain is free in between

IMPORTERS: dict[str, type[Importer]] = {
    ImportRun.Kind.PATIENTS: PatientImporter,
    ImportRun.Kind.ENCOUNTERS: EncounterImporter,
    ImportRun.Kind.OBSERVATIONS: ObservationImporter,
}


@transaction.atomic
def start_import(
    *, kind: str, stream: BinaryIO, file_name: str, by: User, request: HttpRequest | None = None
) -> ImportRun:
    """Keep the file and plan its rows; nothing is written to the record yet.

    A file that cannot be used at all is kept too, as a refused run with the code of the reason.
    Raises EmptyFileError and TooLargeError.
    """
    data = stream.read(LARGEST_FILE + 1)
    if not data.strip():
        raise EmptyFileError
    blob = store_blob(stream=BytesIO(data), media_type="text/csv", limit_bytes=LARGEST_FILE)
    run = ImportRun(kind=kind, file_name=file_name[:200], blob=blob, created_by=by)
    table = read_table(data)
    run.encoding, run.delimiter = table.encoding, table.delimiter
    refusal = _refusal(table, kind)
    if refusal:
        run.status, run.status_reason = ImportRun.Status.REFUSED, refusal
    else:
        plan = make_plan(table, IMPORTERS[kind]())
        _count(run, plan)
    run.save(force_insert=True)
    record(action="import.start", by=by, obj=run, detail=_detail(run), request=request)
    return run


def apply_import(*, run: ImportRun, by: User, request: HttpRequest | None = None) -> ImportRun:
    """Write the good rows in portions. Interrupted, it is applied again: what is there already is a duplicate.

    Raises ConflictError where the run is not waiting.
    """
    if run.status != ImportRun.Status.PREVIEW:
        raise ConflictError
    importer = IMPORTERS[run.kind]()
    plan = make_plan(read_table(read_blob(run.blob)), importer)
    new = [row for row in plan.rows if row.status == NEW]
    for start in range(0, len(new), ROWS_AT_ONCE):
        _write(plan, importer, new[start : start + ROWS_AT_ONCE], by)
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.status != ImportRun.Status.PREVIEW:
            raise ConflictError
        _count(locked, plan)
        locked.status, locked.applied_at, locked.applied_by = ImportRun.Status.DONE, timezone.now(), by
        locked.save()
        record(action="import.apply", by=by, obj=locked, detail=_detail(locked), request=request)
    return locked


@transaction.atomic
def discard_import(*, run: ImportRun, by: User, request: HttpRequest | None = None) -> ImportRun:
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.status != ImportRun.Status.PREVIEW:
        raise ConflictError
    locked.status = ImportRun.Status.DISCARDED
    locked.save(update_fields=["status"])
    record(action="import.discard", by=by, obj=locked, detail=_detail(locked), request=request)
    return locked


def problems_of(run: ImportRun) -> list[Problem]:
    """Return what is wrong with the rejected rows, by row."""
    return [Problem(**item) for item in json.loads(run.report or "[]")]


def plan_of(run: ImportRun) -> Plan:
    """Return the plan of a run as it stands now."""
    return make_plan(read_table(read_blob(run.blob)), IMPORTERS[run.kind]())


def _refusal(table: Table, kind: str) -> str:
    columns = IMPORTERS[kind].columns
    found = located(columns, table.header)
    if any(column.is_needed and column.name not in found for column in columns):
        return UnknownColumnsError.code
    if len(table.records) + len(table.broken) > MOST_ROWS:
        return TooManyRowsError.code
    return ""


def _write(plan: Plan, importer: Importer, rows: list[Planned], by: User) -> None:
    """Write a portion; if the database refuses it, write its rows one by one to find the one to blame."""
    try:
        with transaction.atomic():
            importer.write(rows, by)
    except IntegrityError:
        if len(rows) == 1:
            rows[0].status = REJECTED
            plan.problems.append(Problem(rows[0].row, "", "refused"))
            return
        for row in rows:
            _write(plan, importer, [row], by)


def _count(run: ImportRun, plan: Plan) -> None:
    run.row_count = len(plan.rows)
    run.created_count, run.duplicate_count = plan.count(NEW), plan.count(DUPLICATE)
    run.rejected_count = plan.count(REJECTED)
    problems = sorted(plan.problems, key=lambda problem: problem.row)
    run.report = json.dumps([problem.as_data() for problem in problems], ensure_ascii=False)


def _detail(run: ImportRun) -> dict[str, object]:
    return {
        "kind": run.kind,
        "rows": run.row_count,
        "created": run.created_count,
        "duplicates": run.duplicate_count,
        "rejected": run.rejected_count,
    }
