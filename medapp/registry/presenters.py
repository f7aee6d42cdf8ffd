"""Model versions as pages, the command line and the facts beside a suggestion show them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medapp.errors import Words
from medapp.registry.models import ModelVersion

METRIC_NAMES: dict[str, Words] = {
    "accuracy": gettext_lazy("Accuracy"),
    "macro_f1": gettext_lazy("F1 (mean over labels)"),
    "macro_recall": gettext_lazy("Recall (mean over labels)"),
    "recall": gettext_lazy("Recall"),
    "precision": gettext_lazy("Precision"),
    "sensitivity": gettext_lazy("Sensitivity"),
    "specificity": gettext_lazy("Specificity"),
    "f1": gettext_lazy("F1"),
    "auroc": gettext_lazy("AUROC"),
    "macro_auroc": gettext_lazy("AUROC (mean over labels)"),
    "auprc": gettext_lazy("Area under precision-recall"),
    "ece": gettext_lazy("Calibration error"),
    "brier": gettext_lazy("Brier score"),
    "top3_accuracy": gettext_lazy("Right label among the first three"),
}


LABEL_METRICS = ("recall", "precision", "f1", "auroc")


@dataclass(frozen=True)
class Figure:
    """A figure on the test split with its 95 % interval where there is one."""

    name: Words
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> str:
        if self.value is None or self.value != self.value:  # not measurable: no case of the label
            return "–"
        shown = _number(self.value)
        if self.low is None or self.high is None:
            return shown
        return f"{shown} ({_number(self.low)}–{_number(self.high)})"


def figures(model_version: ModelVersion) -> list[Figure]:
    """Return the figures over all labels."""
    return _figures(test_metrics(model_version))


def figures_by_label(model_version: ModelVersion) -> tuple[list[Words], list[tuple[str, list[Figure]]]]:
    """Return (names of the figures, [(label, its figures)]); see ``ml.evaluate.report`` for the card's shape."""
    names = label_names(model_version)
    metrics = test_metrics(model_version)
    keys = [
        key for key in LABEL_METRICS if isinstance(metrics.get(key), dict) and "value" not in metrics[key]
    ]
    rows = [
        (name, [_figure(METRIC_NAMES[key], metrics[key].get(code)) for key in keys])
        for code, name in names.items()
    ]
    return [METRIC_NAMES[key] for key in keys], rows if keys else []


def test_metrics(model_version: ModelVersion) -> dict[str, Any]:
    found = (model_version.card.get("metrics") or {}).get("test") or {}
    return found if isinstance(found, dict) else {}


def label_names(model_version: ModelVersion) -> dict[str, str]:
    language = "zh" if (translation.get_language() or "").startswith("zh") else "en"
    labels = model_version.card.get("labels") or []
    return {label["code"]: label["name"].get(language) or label["name"]["en"] for label in labels}


def facts(model_version: ModelVersion) -> dict[str, Any]:
    """Return what ``components/_model_facts.html`` shows one click away from each suggestion."""
    card = model_version.card
    return {
        "title": model_version.title,
        "name": model_version.name,
        "version": model_version.version,
        "status": model_version.status,
        "facts": {
            "intended_use": card.get("intended_use"),
            "not_for": card.get("not_for"),
            "population": _population(card.get("data") or {}),
            "performance": _performance(model_version),
            "calibration": _calibration(model_version),
            "since": model_version.created_at,
            "data": _source(card.get("data") or {}),
            "licence": card.get("licence"),
            "url": reverse("model_detail", args=[model_version.id]),
        },
    }


def as_json(model_version: ModelVersion) -> dict[str, Any]:
    """Return a version for ``manage.py models --json``."""
    fields = (
        "name",
        "version",
        "digest",
        "task",
        "engine",
        "status",
        "is_enabled",
        "problem_code",
        "problem",
    )
    plain = {key: getattr(model_version, key) for key in fields}
    card = {
        key: model_version.card.get(key) for key in ("title", "scope", "labels", "metrics", "data", "licence")
    }
    return {**plain, **card, "synced_at": model_version.synced_at.isoformat()}


def scope_lines(model_version: ModelVersion) -> list[tuple[str, str]]:
    """Return the scope as (condition, value); the gate's technical numbers are left out."""
    scope = model_version.card.get("scope") or {}
    return [
        (str(SCOPE_NAMES.get(key, key)), _plain(value))
        for key, value in scope.items()
        if key != "gate" and not isinstance(value, dict)
    ]


SCOPE_NAMES: dict[str, Words] = {
    "modalities": gettext_lazy("Modality"),
    "body_parts": gettext_lazy("Body part"),
    "views": gettext_lazy("View"),
    "min_age": gettext_lazy("Youngest age (years)"),
    "max_age": gettext_lazy("Oldest age (years)"),
    "min_age_years": gettext_lazy("Youngest age (years)"),
    "max_age_years": gettext_lazy("Oldest age (years)"),
    "languages": gettext_lazy("Language"),
    "max_characters": gettext_lazy("Longest text (characters)"),
    "min_characters": gettext_lazy("Shortest text (characters)"),
    "context_tokens": gettext_lazy("Longest context (tokens)"),
    "demonstration": gettext_lazy("Demonstration only"),
}


def _figures(metrics: dict[str, Any]) -> list[Figure]:
    found = [(METRIC_NAMES[key], metrics[key]) for key in METRIC_NAMES if key in metrics]
    return [_figure(name, value) for name, value in found if not isinstance(value, dict) or "value" in value]


def _figure(name: Words, value: Any) -> Figure:
    if isinstance(value, dict):
        return Figure(name, value.get("value"), value.get("low"), value.get("high"))
    return Figure(name, value)


def _performance(model_version: ModelVersion) -> str:
    shown = [f"{figure.name} {figure.words}" for figure in figures(model_version)[:3]]
    if not shown:
        return _("Not measured.")
    n = test_metrics(model_version).get("n")
    tail = _("on %(n)s test cases, 95 %% interval in brackets") % {"n": n} if n else ""
    return "; ".join(shown) + (f" ({tail})" if tail else "")


def _calibration(model_version: ModelVersion) -> str:
    ece = [figure.words for figure in figures(model_version) if figure.name == METRIC_NAMES["ece"]]
    return _("expected calibration error %(ece)s") % {"ece": ece[0]} if ece else ""


def _source(data: dict[str, Any]) -> Any:
    return data.get("source") or ""


def _population(data: dict[str, Any]) -> Any:
    return data.get("population") or ""


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _number(value: float) -> str:
    return formats.number_format(round(value, 3), 3)
