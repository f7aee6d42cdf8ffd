"""Begin a run: rows, encrypted chunks, jobs. The same inputs and settings lead to the same run."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diagnosis.batch.sources import Input, patient_id_of
from diagnosis.models import BatchItem, BatchRun
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.errors import InvalidInputError
from medapp.jobs.services import JobSpec, enqueue_jobs, idempotency_key
from medapp.registry.models import ModelVersion
from medapp.vault.models import Blob
from medapp.vault.services import store_blob

BATCH_KIND = "diagnosis.batch"
CHUNK = {"image-classification": 32, "text-classification": 256}
COLUMNS_IN_SQL = 400


def start_run(
    *,
    version: ModelVersion,
    inputs: Iterable[Input],
    source: str,
    title: str,
    by: User,
    ignore_scope: bool = False,
    request: Any = None,
) -> BatchRun:
    """Store the inputs and queue what has not been scored before; an unfinished run of the same inputs goes on.

    Raises InvalidInputError where there is nothing to score.
    """
    items = list(inputs)
    if not items:
        raise InvalidInputError(reason=_("there is nothing in it to score"))
    key = _key(version, items, source, ignore_scope, by)
    run = BatchRun.objects.filter(key=key).first()
    if run is None:
        try:
            run = _create(version, items, key, source, title, by, ignore_scope, request)
        except IntegrityError:  # a second click was quicker
            run = BatchRun.objects.get(key=key)
    _enqueue(run, by)
    return run


def _key(version: ModelVersion, items: list[Input], source: str, ignore_scope: bool, by: User) -> str:
    digest = hashlib.sha256(f"{version.digest}\n{source}\n{ignore_scope}\n{by.pk}\n".encode())
    for item in items:
        digest.update(f"{item.name}\t{item.input_digest}\t{item.reason_code}\n".encode())
    return digest.hexdigest()


@transaction.atomic
def _create(
    version: ModelVersion,
    items: list[Input],
    key: str,
    source: str,
    title: str,
    by: User,
    ignore_scope: bool,
    request: Any,
) -> BatchRun:
    run = BatchRun.objects.create(
        key=key,
        model_version=version,
        source=source,
        title=title[:120],
        ignore_scope=ignore_scope,
        total=len(items),
        owner=by,
    )
    known = _known_outputs(version, items, ignore_scope)
    rows = _rows(run, items, known, CHUNK[version.task])
    BatchItem.objects.bulk_create(rows, batch_size=COLUMNS_IN_SQL)
    detail = {"model": str(version), "rows": len(items), "override": ignore_scope}
    for item in items:
        patient_id = patient_id_of(item)
        if patient_id is not None:
            seen = {"model": str(version), "batch": str(run.pk), "override": ignore_scope}
            record(action="model.run", by=by, patient_id=patient_id, obj=run, detail=seen, request=request)
    record(action=Action.BATCH_RUN, by=by, obj=run, detail=detail, request=request)
    return run


def _rows(run: BatchRun, items: list[Input], known: dict[str, BatchItem], size: int) -> Iterator[BatchItem]:
    """Yield the rows in order; the bytes of a chunk lie together in one blob, so that one sync serves them all."""
    numbered = enumerate(items, start=1)
    while chunk := list(islice(numbered, size)):
        rows = [_row(run, number, item, known.get(item.input_digest)) for number, item in chunk]
        waiting = [
            (row, item.content)
            for row, (_number, item) in zip(rows, chunk, strict=True)
            if row.status == BatchItem.Status.WAITING and item.subject is None
        ]
        _pack(waiting)
        yield from rows


def _row(run: BatchRun, number: int, item: Input, known: BatchItem | None) -> BatchItem:
    row = BatchItem(
        run=run,
        row_number=number,
        name=item.name,
        patient_id=patient_id_of(item),
        subject_id=item.subject.pk if item.subject else None,
        input_digest=item.input_digest,
    )
    if item.reason_code:
        row.status, row.reason_code = BatchItem.Status.REFUSED, item.reason_code
    elif known is not None:
        row.status, row.reason_code, row.output = known.status, known.reason_code, known.output
    return row


def _pack(waiting: list[tuple[BatchItem, bytes]]) -> Blob | None:
    if not waiting:
        return None
    blob = store_blob(
        stream=io.BytesIO(b"".join(content for _row, content in waiting)),
        media_type="application/octet-stream",
    )
    offset = 0
    for row, content in waiting:
        row.blob, row.offset, row.length = blob, offset, len(content)
        offset += len(content)
    return blob


def _known_outputs(version: ModelVersion, items: list[Input], ignore_scope: bool) -> dict[str, BatchItem]:
    """Return earlier results of the same model for the same inputs, by digest."""
    digests = [item.input_digest for item in items if not item.reason_code]
    found: dict[str, BatchItem] = {}
    for start in range(0, len(digests), COLUMNS_IN_SQL):
        rows = BatchItem.objects.filter(
            run__model_version=version,
            run__ignore_scope=ignore_scope,
            input_digest__in=digests[start : start + COLUMNS_IN_SQL],
        ).exclude(status=BatchItem.Status.WAITING)
        found.update({row.input_digest: row for row in rows})
    return found


@transaction.atomic
def _enqueue(run: BatchRun, by: User) -> None:
    """Queue a job for each chunk with waiting rows. A cancelled or parked chunk is tried again."""
    size = CHUNK[run.model_version.task]
    waiting = run.items.filter(status=BatchItem.Status.WAITING).values_list("row_number", flat=True)
    chunks = sorted({(number - 1) // size for number in waiting})
    if not chunks:
        finish_if_done(run)
        return
    BatchRun.objects.filter(pk=run.pk).update(status=BatchRun.Status.RUNNING, finished_at=None)
    specs = [
        JobSpec(
            {"run": str(run.pk), "first": chunk * size + 1, "last": (chunk + 1) * size},
            idempotency_key(BATCH_KIND, run.pk, chunk),
        )
        for chunk in chunks
    ]
    enqueue_jobs(kind=BATCH_KIND, specs=specs, by=by, group=run.pk, priority=-10, retry_parked=True)


def finish_if_done(run: BatchRun) -> None:
    """Mark the run as done once no row waits."""
    if not run.items.filter(status=BatchItem.Status.WAITING).exists():
        rows = BatchRun.objects.filter(pk=run.pk, status=BatchRun.Status.RUNNING)
        rows.update(status=BatchRun.Status.DONE, finished_at=timezone.now())
