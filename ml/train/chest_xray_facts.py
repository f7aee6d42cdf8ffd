"""What the chest pack says of itself: everything in `pack.json` and the cards but the figures."""

from pathlib import Path
from string import Template
from typing import Any

TEMPLATES = Path(__file__).parent / "cards"
LABELS = ["normal", "bacterial", "viral"]

FACTS: dict[str, Any] = {
    "format": 1,
    "name": "chest-xray",
    "version": "1.0.0",
    "task": "image-classification",
    "title": {"zh": "儿童胸片肺炎分类", "en": "Pneumonia on chest radiographs of children"},
    "intended_use": {
        "zh": "研究用途：提示 0 至 17 岁儿童正位胸片为未见肺炎、细菌性肺炎或病毒性肺炎，由医生判定。",
        "en": "Research use: suggests normal, bacterial or viral pneumonia on frontal chest "
        "radiographs of children aged 0 to 17, for a doctor to decide.",
    },
    "not_for": {
        "zh": "不用于成人、侧位片、CT，不用于排除肺炎以外的疾病，也不能代替病原学检查。",
        "en": "Not for adults, lateral views or CT; not to rule out anything but pneumonia; no "
        "substitute for microbiology.",
    },
    "scope": {
        "modalities": ["CR", "DX"],
        "body_parts": ["CHEST", "THORAX", "LUNG"],
        "views": ["PA", "AP"],
        "refused_views": ["LL", "RL", "LAT", "LATERAL", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO"],
        "min_age": 0,
        "max_age": 17,
        "trained_ages": [1, 5],
    },
    "labels": [
        {"code": "normal", "name": {"zh": "未见肺炎", "en": "No pneumonia seen"}},
        {"code": "bacterial", "name": {"zh": "细菌性肺炎", "en": "Bacterial pneumonia"}},
        {"code": "viral", "name": {"zh": "病毒性肺炎", "en": "Viral pneumonia"}},
    ],
    "preprocessing": {"size": 224, "channels": "grey", "resize": "stretch, bicubic, antialiased"},
    "engine": "torch",
    "data": {
        "source": "Kermany et al. 2018, Cell 172:1122, Guangzhou Women and Children's Medical Center; "
        "mirror szallik/Neural_networks_binary_classification, 224 px",
        "gate_source": "ChestX-ray14, Wang et al. 2017 (adults, for the gate alone); "
        "mirror muhammedtalo/COVID-19",
        "licence": "CC BY 4.0",
    },
    "licence": "CC BY 4.0",
    "trained_on": "chest-xray-kermany-224, split by patient",
}


def render_cards(pack: dict[str, Any]) -> dict[str, str]:
    """card.md and card.zh.md with the figures of the pack."""
    values = _values(pack)
    return {
        name: Template((TEMPLATES / f"chest_xray.{name}").read_text(encoding="utf-8")).substitute(values)
        for name in ("card.md", "card.zh.md")
    }


def _values(pack: dict[str, Any]) -> dict[str, str]:
    test, limits = pack["metrics"]["test"], pack["scope"]["gate"]
    values = {
        name: _figure(test[name]) for name in ("accuracy", "macro_f1", "macro_recall", "macro_auroc", "ece")
    }
    for table in ("recall", "precision", "f1", "auroc"):
        values |= {f"{table}_{label}": _figure(test[table][label]) for label in LABELS}
    for row, label in zip(test["confusion"], LABELS, strict=True):
        values |= {f"n_{label}_{guess}": str(count) for guess, count in zip(LABELS, row, strict=True)}
    counts = {f"count_{name}": str(count) for name, count in pack["data"]["counts"].items()}
    return (
        values
        | counts
        | {
            "version": pack["version"],
            "patients": str(test["groups"]),
            "val_accuracy": f"{pack['metrics']['val']['accuracy']['value']:.3f}",
            "framed_accuracy": f"{pack['metrics']['val_strange_frame']['accuracy']:.3f}",
            "same_label": f"{100 * pack['metrics']['val_strange_frame']['same_label']:.0f}",
            "temperature": str(pack["calibration"]["temperature"]),
            "certain": str(pack["thresholds"]["certain"]),
            "certain_share": f"{100 * test['certain_share']:.0f}",
            "certain_accuracy": f"{test['certain_accuracy']:.3f}",
            "max_distance": str(limits["max_distance"]),
            "age_auroc": f"{limits['test']['age_auroc_within_collection']:.3f}",
        }
        | {
            f"gate_{name}": f"{100 * limits['test'][name]:.1f}"
            for name in (
                "children_far",
                "children_look_adult",
                "adults_look_adult",
                "other_children_look_adult",
            )
        }
        | {f"gate_{name}": str(limits["test"][name]) for name in ("adults", "other_children")}
    )


def _figure(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"
