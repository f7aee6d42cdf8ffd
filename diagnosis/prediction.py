"""The job that predicts: load the inputs, run the model once over the batch, explain, save under the fence."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from diagnosis import explanation, subjects
from diagnosis.engines import open_model
from diagnosis.errors import ConsentWithdrawnError
from diagnosis.models import Prediction, Subject, Suggestion
from diagnosis.scope import told_code
from medapp.audit.services import record
from medapp.errors import MedappError
from medapp.jobs.claims import Claim
from medapp.registry.models import ModelVersion
from ml import Model, Output

IMAGE_KIND = "diagnosis.image"
TEXT_KIND = "diagnosis.text"

Save = Callable[[], dict[str, Any]]
Result = tuple[Claim, Save | MedappError]


@dataclass
class Item:
    """One claimed prediction on its way through the batch."""

    claim: Claim
    version: ModelVersion
    loaded: subjects.Loaded

    @property
    def payload(self) -> dict[str, Any]:
        return dict(self.claim.job.payload)

    @property
    def ignore_scope(self) -> bool:
        return bool(self.payload["ignore_scope"])


def run(claims: list[Claim]) -> Iterator[Result]:
    """The ``run`` of both kinds: jobs of one model and one scope setting go through it together."""
    batches: dict[tuple[Any, bool], list[Item]] = defaultdict(list)
    for claim in claims:
        try:
            item = _load(claim)
        except MedappError as error:
            yield claim, error
        else:
            batches[(item.version.pk, item.ignore_scope)].append(item)
    for batch in batches.values():
        yield from _predict(batch)


def _load(claim: Claim) -> Item:
    payload = claim.job.payload
    version = ModelVersion.objects.get(pk=payload["model_version"])
    loaded = subjects.load(payload["subject_type"], payload["subject_id"])
    if not loaded.patient.ai_consent:
        raise ConsentWithdrawnError
    return Item(claim, version, loaded)


def _predict(batch: list[Item]) -> Iterator[Result]:
    try:
        model = open_model(batch[0].version)
    except MedappError as error:
        yield from ((item.claim, error) for item in batch)
        return
    started = time.perf_counter()
    outputs = model.predict([item.loaded.value for item in batch], ignore_scope=batch[0].ignore_scope)
    seconds = (time.perf_counter() - started) / len(batch)
    for item, output in zip(batch, outputs, strict=True):
        yield item.claim, _saver(item, model, output, seconds)


def _saver(item: Item, model: Model, output: Output, seconds: float) -> Save:
    explained = explanation.explain(model, item.loaded.value, output, item.payload["subject_type"])

    def save() -> dict[str, Any]:
        prediction = Prediction.objects.create(
            model_version=item.version,
            patient=item.loaded.patient,
            subject_type=item.payload["subject_type"],
            subject_id=item.payload["subject_id"],
            input_digest=item.loaded.digest,
            ignore_scope=item.ignore_scope,
            seconds=seconds,
            device=str(getattr(model, "device", "cpu")),
            heat_map=explained.store(),
            attributions=cast(Any, explained.attributions),
            **fields_of(output),
        )
        suggestion = _suggest(prediction, item.claim)
        return {"prediction": str(prediction.pk), "suggestion": str(suggestion.pk)}

    return save


def fields_of(output: Output) -> dict[str, Any]:
    """Return the columns of a Prediction that an ml.Output fills."""
    body = {}
    if output.scores is not None:
        body = {
            "scores": output.scores,
            "intervals": output.intervals or {},
            "logits": output.logits,
            "label": output.label,
            "words": output.words or {},
        }
    scope = output.scope
    return {
        "in_scope": scope.in_scope,
        "scope_code": told_code(scope),
        "scope_detail": scope.detail,
        "output": body,
    }


def _suggest(prediction: Prediction, claim: Claim) -> Suggestion:
    has_scores = bool(prediction.output)
    suggestion = Suggestion.objects.create(
        patient=prediction.patient,
        prediction=prediction,
        kind=subjects.KIND_OF[Subject(prediction.subject_type)],
        status=Suggestion.Status.OPEN if has_scores else Suggestion.Status.ABSTAINED,
        requested_by=claim.job.requested_by,
    )
    record(
        action="model.run",
        by=claim.job.requested_by,
        patient_id=prediction.patient_id,
        obj=suggestion,
        detail={
            "model": f"{prediction.model_version.name} {prediction.model_version.version}",
            "scope": prediction.scope_code or "in-scope",
            "override": prediction.ignore_scope,
        },
    )
    return suggestion
