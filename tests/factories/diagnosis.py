"""Models, predictions and suggestions as they lie in the database after a model has run."""

from typing import Any
from uuid import uuid4

from diagnosis.models import Prediction, Suggestion
from medapp.accounts.models import User
from medapp.records.models import Patient
from medapp.records.services import write_note
from medapp.registry.models import ModelStatus, ModelVersion

LABELS = [
    {"code": "normal", "name": {"zh": "正常", "en": "normal"}},
    {"code": "bacterial", "name": {"zh": "细菌性肺炎", "en": "bacterial pneumonia"}},
    {"code": "viral", "name": {"zh": "病毒性肺炎", "en": "viral pneumonia"}},
]


def model_version(
    name: str = "chest-xray", task: str = "image-classification", **fields: Any
) -> ModelVersion:
    """A registered champion whose card has three labels and one measured figure."""
    both = {"zh": "胸片模型", "en": "Chest radiograph model"}
    card = {
        "title": both,
        "intended_use": both,
        "not_for": both,
        "labels": LABELS,
        "licence": "CC BY 4.0",
        "metrics": {"test": {"n": 935, "accuracy": {"value": 0.8, "low": 0.77, "high": 0.83}}},
    }
    known = ModelVersion.objects.filter(name=name, status=ModelStatus.CHAMPION).first()
    return known or ModelVersion.objects.create(
        name=name,
        task=task,
        card=card,
        version="1.0.0",
        digest=fields.pop("digest", "d" * 64),
        folder=name,
        engine="torch",
        status=ModelStatus.CHAMPION,
        **fields,
    )


def suggestion(patient: Patient, scores: dict[str, float] | None = None, **fields: Any) -> Suggestion:
    """An open finding, or an abstention where ``in_scope=False``."""
    scores = scores or {"normal": 0.05, "bacterial": 0.8, "viral": 0.15}
    in_scope = fields.pop("in_scope", True)
    prediction = Prediction.objects.create(
        model_version=fields.pop("model_version", None) or model_version(),
        patient=patient,
        subject_type=fields.pop("subject_type", "instance"),
        subject_id=fields.pop("subject_id", None) or uuid4(),
        input_digest="a" * 64,
        in_scope=in_scope,
        scope_code="" if in_scope else "wrong-modality",
        output={"scores": scores, "label": max(scores, key=lambda k: scores[k])} if in_scope else {},
        seconds=0.1,
    )
    status = Suggestion.Status.OPEN if in_scope else Suggestion.Status.ABSTAINED
    return Suggestion.objects.create(
        patient=patient, prediction=prediction, kind=fields.pop("kind", "finding"), status=status, **fields
    )


def note(patient: Patient, by: User, text: str = "咳嗽三天，发热。", title: str = "门诊") -> Any:
    return write_note(patient=patient, text=text, title=title, by=by, is_quiet=True)
