"""The cards of zh-department, written from the figures of the run that made the pack."""

from pathlib import Path
from typing import Any

TEXTS: dict[str, dict[str, str]] = {
    "title": {"zh": "科室分诊（中文）", "en": "Hospital department (Chinese)"},
    "intended_use": {
        "zh": "根据患者的问题或医生的记录，建议最相关的内科科室，供医生参考和确认。",
        "en": "Suggests which medical department a patient's question or a note belongs to, "
        "for a clinician to confirm.",
    },
    "not_for": {
        "zh": "不用于诊断、急诊分级或自动转诊；不覆盖外科、妇产科、儿科等其他科室。",
        "en": "Not for diagnosis, emergency triage or referral without a person; surgery, obstetrics, "
        "paediatrics and other departments are not covered.",
    },
}

TEMPLATES = Path(__file__).with_name("cards")


def write(pack: dict[str, Any], folder: Path) -> None:
    """card.md and card.zh.md beside pack.json."""
    for language, ending in (("en", "card.md"), ("zh", "card.zh.md")):
        template = (TEMPLATES / f"zh_department.{ending}").read_text("utf-8")
        (folder / ending).write_text(template.format(**_fields(pack, language)), "utf-8")


def _fields(pack: dict[str, Any], language: str) -> dict[str, Any]:
    metrics, counts = pack["metrics"], pack["data"]["counts"]
    test, own, passing = metrics["test"], metrics["own_sentences"], metrics["gate"]
    return {
        **{key: pack[key] for key in ("version", "trained_on", "seed", "licence")},
        **{key: pack[key][language] for key in ("intended_use", "not_for")},
        **{name: sum(counts[name].values()) for name in ("train", "val", "test")},
        **{key: _figure(test[key]) for key in ("accuracy", "macro_f1", "macro_auroc", "ece")},
        "labels": len(pack["labels"]),
        "macro_f1_common": f"{test['macro_f1_common']:.3f}",
        "baseline_model": metrics["baseline_test"]["model"],
        **{
            f"b_{key}": f"{metrics['baseline_test'][key]:.3f}"
            for key in ("accuracy", "macro_f1", "macro_f1_common")
        },
        "english": "{right} / {n}".format(**own["english_test"]),
        "notes": "{right} / {n}".format(**own["note_test"]),
        "rows": "\n".join(_row(label, counts["test"], test, language) for label in pack["labels"]),
        "temperature": pack["calibration"]["temperature"],
        "uncertain_below": pack["thresholds"]["uncertain_below"],
        "longest": pack["scope"]["limits"]["longest"],
        "max_tokens": pack["preprocessing"]["max_tokens"],
        "passed": passing["test_questions_passed"],
        "english_passed": passing["own_english_passed"],
        "notes_passed": passing["own_notes_passed"],
        "everyday": passing["everyday_refused"],
        "everyday_n": passing["everyday_n"],
    }


def _figure(item: dict[str, float]) -> str:
    return f"{item['value']:.3f} ({item['low']:.3f}-{item['high']:.3f})"


def _row(label: dict[str, Any], counts: dict[str, int], test: dict[str, Any], language: str) -> str:
    code = label["code"]
    figures = " | ".join(_figure(test[key][code]) for key in ("recall", "f1", "auroc"))
    return f"| {label['name'][language]} | {counts[code]} | {figures} |"
