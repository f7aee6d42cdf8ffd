"""The job that scores one chunk of a run: load, predict as one batch, save the rows together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ml
from diagnosis.batch.start import finish_if_done
from diagnosis.engines import open_model
from diagnosis.models import BatchItem, BatchRun, Subject
from diagnosis.prediction import fields_of
from diagnosis.subjects import TASK_OF, load
from imaging.dicom import sandbox
from imaging.dicom.errors import DicomRefusedError
from imaging.dicom.picture import is_picture
from medapp.errors import MedappError
from medapp.jobs.claims import Claim
from medapp.vault.blobs import open_blob

SUBJECT_OF = {task: subject for subject, task in TASK_OF.items()}


@dataclass
class Loaded:
    row: BatchItem
    value: Any


def run(claims: list[Claim]) -> Iterator[tuple[Claim, Any]]:
    """Score each claimed chunk; rows that cannot be read are refused and the others go on."""
    for claim in claims:
        payload = claim.job.payload
        batch = BatchRun.objects.select_related("model_version").get(pk=payload["run"])
        rows = list(
            batch.items.filter(
                status=BatchItem.Status.WAITING, row_number__range=(payload["first"], payload["last"])
            ).select_related("blob")
        )
        try:
            model = open_model(batch.model_version)
        except MedappError as error:
            yield claim, error
            continue
        _score(batch, rows, model, claim)
        yield claim, lambda batch=batch, rows=rows: _save(batch, rows)


def _score(batch: BatchRun, rows: list[BatchItem], model: ml.Model, claim: Claim) -> None:
    """Fill the rows' outputs, one forward pass for each ``model.batch_size`` inputs."""
    loaded = list(_load_all(rows, batch.model_version.task))
    for start in range(0, len(loaded), model.batch_size):
        part = loaded[start : start + model.batch_size]
        outputs = model.predict([one.value for one in part], ignore_scope=batch.ignore_scope)
        for one, output in zip(part, outputs, strict=True):
            _fill(one.row, output, batch.ignore_scope)
        claim.progress(min(start + model.batch_size, len(loaded)), len(loaded))


def _load_all(rows: list[BatchItem], task: str) -> Iterator[Loaded]:
    content: dict[Any, bytes] = {}
    for row in rows:
        if row.blob is not None and row.blob_id not in content:
            content = {row.blob_id: open_blob(row.blob).read()}
        try:
            yield Loaded(row, _value(row, content.get(row.blob_id, b""), task))
        except DicomRefusedError as refusal:
            _refuse(row, str(refusal.code))
        except MedappError as error:
            _refuse(row, error.code)


def _value(row: BatchItem, content: bytes, task: str) -> Any:
    if row.subject_id is not None:
        return load(Subject(SUBJECT_OF[task]), row.subject_id).value
    own = content[row.offset : row.offset + row.length]
    if task == "text-classification":
        return own.decode()
    if is_picture(own[:8]):
        return ml.ImageInput(sandbox.decode_picture(own))
    return _dicom_input(own)


def _dicom_input(content: bytes) -> ml.ImageInput:
    """The middle frame with what the header says of it; both are read in the sandbox."""
    header = sandbox.read_header(content)
    return ml.ImageInput(
        pixels=sandbox.present_frame(content, (header.number_of_frames or 1) // 2),
        modality=header.modality or None,
        body_part=header.body_part_examined or None,
        view=header.view_position or None,
        age_years=header.patient_age_years,
    )


def _refuse(row: BatchItem, code: str) -> None:
    row.status, row.reason_code = BatchItem.Status.REFUSED, code


def _fill(row: BatchItem, output: ml.Output, ignore_scope: bool) -> None:
    fields = fields_of(output)
    row.output = fields["output"]
    if output.scores is None:
        _refuse(row, fields["scope_code"])
        return
    row.status = BatchItem.Status.SCORED
    row.reason_code = fields["scope_code"]


def _save(batch: BatchRun, rows: list[BatchItem]) -> dict[str, Any]:
    """Runs in the transaction that checks the fence."""
    BatchItem.objects.bulk_update(rows, ["status", "reason_code", "output"], batch_size=100)
    finish_if_done(batch)
    return {"rows": len(rows)}
