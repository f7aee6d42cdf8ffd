"""What a person does with runs: start one from the page, cancel it."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diagnosis.batch.sources import rows_of_table, subjects_of_cohort
from diagnosis.batch.start import start_run
from diagnosis.errors import UnsuitableModelError
from diagnosis.models import BatchRun, Cohort, Subject
from diagnosis.subjects import TASK_OF
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.errors import InvalidInputError, TooLargeError
from medapp.jobs.services import cancel_group
from medapp.registry.queries import champion

MOST_TABLE_BYTES = 64 * 1024 * 1024


def start_from_form(
    *,
    model_name: str,
    cohort_name: str,
    table: UploadedFile | None,
    ignore_scope: bool,
    by: User,
    request: Any = None,
) -> BatchRun:
    """Start a run over a cohort or over the rows of an uploaded table.

    Raises UnknownModelError, UnsuitableModelError, InvalidInputError, TooLargeError or UnusableTableError.
    """
    version = champion(model_name)
    if version.task not in (TASK_OF.values() if table is None else (TASK_OF[Subject.NOTE],)):
        raise UnsuitableModelError(name=version.name)
    if table is not None:
        if (table.size or 0) > MOST_TABLE_BYTES:
            raise TooLargeError(limit="64 MiB")
        inputs, source, title = rows_of_table(table.read()), BatchRun.Source.ROWS, table.name or "table"
    else:
        cohort = Cohort.objects.filter(name=cohort_name).first()
        if cohort is None:
            raise InvalidInputError(reason=_("choose a cohort or a table"))
        inputs, source, title = (
            subjects_of_cohort(cohort, version.task, by),
            BatchRun.Source.COHORT,
            cohort.name,
        )
    return start_run(
        version=version,
        inputs=inputs,
        source=source,
        title=title,
        by=by,
        ignore_scope=ignore_scope,
        request=request,
    )


def account_for_download(*, run: BatchRun, by: User, request: Any = None) -> None:
    """Note that the scores of a run left the application as a table."""
    record(
        action=Action.BATCH_READ,
        by=by,
        obj=run,
        detail={"download": True, "rows": run.total},
        request=request,
    )


@transaction.atomic
def cancel_run(*, run: BatchRun, by: User, request: Any = None) -> BatchRun:
    """Stop what has not been scored yet; starting the same inputs again goes on from there."""
    cancel_group(group=run.pk, by=by)
    BatchRun.objects.filter(pk=run.pk, status=BatchRun.Status.RUNNING).update(
        status=BatchRun.Status.CANCELLED, finished_at=timezone.now()
    )
    run.refresh_from_db()
    record(action=Action.BATCH_RUN, by=by, obj=run, detail={"cancelled": True}, request=request)
    return run
