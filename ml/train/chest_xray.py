"""python -m ml.train.chest_xray --data DIR [--adults DIR] --out packs/chest-xray

Fits the chest pack: a linear head on DINOv2 features (train), temperature, intervals, cuts and the
gate's limits (val), and one look at test. Kermany et al. 2018 for the classes; ChestX-ray14 only to
tell adults from children in the gate.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from ml import threads
from ml.assemble import assemble
from ml.calibrate import FrequencyBins, TemperatureCalibrator, negative_log_likelihood
from ml.evaluate import accuracy, auroc, report
from ml.nets.dinov2 import load_dinov2
from ml.nets.embedding_gate import EmbeddingGate
from ml.nets.vit_classifier import VitClassifier
from ml.packs import WEIGHTS, sha256_of
from ml.paths import ROOT
from ml.train.chest_xray_facts import FACTS, LABELS, render_cards
from ml.train.features import Table, cached_features, framed, mirrored, plain
from ml.train.gate import fit_gate
from ml.train.linear import Linear, fit_linear

BACKBONE, SIZE, POOLED_BLOCKS, SEED = "dinov2-vits14", 224, 4, 20240501
GATE_RANK, GATE_DECAY = 64, 0.03
DECAYS = (0.01, 0.03, 0.1, 0.3)
BINS = 10
GATED = ("val", "test")
DISTANCE_QUANTILE = 0.995
MAX_ADULT_LOGIT = 0.0  # even odds where adults and children weigh the same
CERTAIN_ACCURACY = 0.85  # what the answers that are not called uncertain must reach on val
WORDS = {"likely": 0.8, "unlikely": 0.1}


@dataclass(frozen=True)
class Split:
    """Rows of one split: features (n, d), targets (n,), patients (n,)."""

    features: NDArray[np.float32]
    targets: NDArray[np.int64]
    patients: NDArray[Any]


@dataclass(frozen=True)
class Adults:
    """ChestX-ray14 by split: features (n, d) and who is eighteen or older (n,)."""

    features: dict[str, NDArray[np.float32]]
    is_adult: dict[str, NDArray[np.bool_]]


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    torch.manual_seed(SEED)
    threads.apply()
    backbone = assemble(BACKBONE)
    net = VitClassifier(load_dinov2(backbone, SIZE), len(LABELS), POOLED_BLOCKS)
    children, adults = Table.read(options.data), Table.read(options.adults)
    splits = read_splits(net, children, options.cache)
    copies = read_copies(net, children, options.cache)
    head = fit_head(splits, [copies["train-mirrored"], copies["train-framed"]])
    gate, limits = fit_limits(splits, read_adults(net, adults, options.cache))
    state = {"head.weight": torch.from_numpy(head.weight), "head.bias": torch.from_numpy(head.bias)}
    state |= {f"gate.{name}": value for name, value in gate.state_dict().items()}
    options.out.mkdir(parents=True, exist_ok=True)
    halves = {name: value.half().contiguous() for name, value in state.items()}
    save_file(halves, options.out / "head.safetensors")
    stored = Linear(*(halves[f"head.{part}"].float().numpy() for part in ("weight", "bias")))
    pack = FACTS | describe(stored, splits, copies["val-framed"])
    pack["scope"] = FACTS["scope"] | {"gate": limits}
    pack["backbone"] = {"name": BACKBONE, "digest": sha256_of(backbone / WEIGHTS)}
    pack["weights"] = {
        "file": "head.safetensors",
        "sha256": sha256_of(options.out / "head.safetensors"),
    }
    pack["data"] = FACTS["data"] | {
        "manifest_sha256": children.manifest_sha256(),
        "gate_manifest_sha256": adults.manifest_sha256(),
        "counts": {name: len(split.targets) for name, split in splits.items()},
    }
    write_pack(options.out, pack)


def read_splits(net: VitClassifier, table: Table, cache: Path) -> dict[str, Split]:
    features = cached_features(net, plain(table.files(), SIZE), len(table.rows), cache / "children.npy")
    targets = np.array([LABELS.index(label) for label in table.column("label")])
    patients, split = table.column("patient"), table.column("split")
    return {
        name: Split(*(values[split == name] for values in (features, targets, patients)))
        for name in ("train", "val", "test")
    }


def read_copies(net: VitClassifier, table: Table, cache: Path) -> dict[str, NDArray[np.float32]]:
    """Train seen twice more, mirrored and in strange frames; val in strange frames, to measure how
    much the answer hangs on them."""
    files = {
        name: [row for row, split in zip(table.files(), table.column("split"), strict=True) if split == name]
        for name in ("train", "val")
    }
    train, val = files["train"], files["val"]
    views = {
        "train-mirrored": (mirrored(train, SIZE), len(train)),
        "train-framed": (framed(train, train, SIZE, seed=2), len(train)),
        "val-framed": (framed(val, train, SIZE, seed=1), len(val)),
    }
    return {
        name: cached_features(net, view, count, cache / f"{name}.npy")
        for name, (view, count) in views.items()
    }


def read_adults(net: VitClassifier, table: Table, cache: Path) -> Adults:
    features = cached_features(net, plain(table.files(), SIZE), len(table.rows), cache / "adults.npy")
    is_adult, split = table.column("age").astype(int) >= 18, table.column("split")
    names = ("train", "val", "test")
    return Adults(
        {name: features[split == name] for name in names},
        {name: is_adult[split == name] for name in names},
    )


def fit_head(splits: dict[str, Split], copies: list[NDArray[np.float32]]) -> Linear:
    """The penalty is the one with the lowest calibrated loss on val."""
    train, val = splits["train"], splits["val"]
    features = np.concatenate([train.features, *copies])
    targets = np.tile(train.targets, 1 + len(copies))
    best: tuple[float, Linear] | None = None
    for decay in DECAYS:
        head = fit_linear(features, targets, decay=decay)
        logits = head.logits(val.features)
        probabilities = TemperatureCalibrator.fit(logits, val.targets).apply(logits)
        loss = negative_log_likelihood(np.log(probabilities), val.targets)
        print(f"  decay {decay}: val loss {loss:.4f}, accuracy {accuracy(val.targets, probabilities):.4f}")
        if best is None or loss < best[0]:
            best = (loss, head)
    assert best is not None  # noqa: S101  # DECAYS is not empty
    return best[1]


def fit_limits(splits: dict[str, Split], adults: Adults) -> tuple[EmbeddingGate, dict[str, Any]]:
    """Gate on train; the distance that a stated share of val children passes; what val shows."""
    children = splits["train"].features
    features = np.concatenate([children, adults.features["train"]])
    is_collection = np.arange(len(features)) >= len(children)
    is_adult = np.concatenate([np.zeros(len(children), bool), adults.is_adult["train"]])
    gate = fit_gate(features, is_adult, is_collection, rank=GATE_RANK, decay=GATE_DECAY)
    seen = torch.from_numpy(splits["val"].features)
    limits = {
        "max_distance": round(float(torch.quantile(gate.distance(seen), DISTANCE_QUANTILE)), 3),
        "max_adult_logit": MAX_ADULT_LOGIT,
    }
    return gate, limits | {name: gate_figures(gate, limits, splits[name], adults, name) for name in GATED}


def gate_figures(
    gate: EmbeddingGate, limits: dict[str, float], children: Split, adults: Adults, name: str
) -> dict[str, Any]:
    """Shares that the gate refuses, and how well it tells ages within one collection."""
    others, grown = torch.from_numpy(adults.features[name]), adults.is_adult[name]
    young = torch.from_numpy(children.features)
    logits = gate.adult_logit(others).numpy()
    return {
        "children": len(young),
        "children_far": _share(gate.distance(young) > limits["max_distance"]),
        "children_look_adult": _share(gate.adult_logit(young) > limits["max_adult_logit"]),
        "adults": int(grown.sum()),
        "adults_look_adult": _share(torch.from_numpy(logits[grown] > limits["max_adult_logit"])),
        "other_children": int((~grown).sum()),
        "other_children_look_adult": _share(torch.from_numpy(logits[~grown] > limits["max_adult_logit"])),
        "age_auroc_within_collection": round(auroc(grown, logits), 3),
    }


def describe(head: Linear, splits: dict[str, Split], framed_val: NDArray[np.float32]) -> dict[str, Any]:
    """Calibration and cuts from val, figures from val and, once, from test."""
    val, test = splits["val"], splits["test"]
    logits = head.logits(val.features)
    calibrator = TemperatureCalibrator.fit(logits, val.targets)
    on_val, on_test = calibrator.apply(logits), calibrator.apply(head.logits(test.features))
    bins = {
        label: FrequencyBins.fit(on_val[:, i], val.targets == i, BINS).to_json()
        for i, label in enumerate(LABELS)
    }
    certain = certain_cut(on_val, val.targets)
    on_framed = calibrator.apply(head.logits(framed_val))
    return {
        "architecture": {
            "net": "vit-classifier",
            "pooled_blocks": POOLED_BLOCKS,
            "gate_rank": GATE_RANK,
        },
        "calibration": {
            "method": "temperature",
            "temperature": round(calibrator.temperature, 4),
            "interval": "95 % Wilson interval of the frequency among val pictures of similar probability",
            "bins": bins,
        },
        "thresholds": {"certain": certain, **WORDS},
        "metrics": {
            "val": report(val.targets, on_val, val.patients, LABELS, seed=SEED),
            "val_strange_frame": {
                "n": len(val.targets),
                "accuracy": round(accuracy(val.targets, on_framed), 4),
                "auroc_normal": round(auroc(val.targets == 0, on_framed[:, 0]), 4),
                "same_label": round(accuracy(on_val.argmax(axis=1), on_framed), 4),
            },
            "test": report(test.targets, on_test, test.patients, LABELS, seed=SEED)
            | _decided(on_test, test.targets, certain),
        },
        "seed": SEED,
    }


def certain_cut(probabilities: NDArray[Any], targets: NDArray[Any]) -> float:
    """Lowest top probability from which on val answers are right often enough."""
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == targets
    for cut in np.arange(0.34, 0.96, 0.01):
        if right[top >= cut].mean() >= CERTAIN_ACCURACY:
            return round(float(cut), 2)
    return 0.95


def write_pack(folder: Path, pack: dict[str, Any]) -> None:
    content = json.dumps(pack, ensure_ascii=False, indent=1)
    (folder / "pack.json").write_text(content + "\n", encoding="utf-8")
    for name, text in render_cards(pack).items():
        (folder / name).write_text(text, encoding="utf-8")
    print(json.dumps(pack["metrics"]["test"], indent=1))


def _decided(probabilities: NDArray[Any], targets: NDArray[Any], cut: float) -> dict[str, float]:
    sure = probabilities.max(axis=1) >= cut
    right = probabilities.argmax(axis=1) == targets
    return {
        "certain_share": round(float(sure.mean()), 4),
        "certain_accuracy": round(float(right[sure].mean()), 4),
    }


def _share(mask: torch.Tensor) -> float:
    return round(float(mask.float().mean()), 4)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of chest-xray-kermany-224")
    parser.add_argument("--adults", type=Path, help="folder of chest-xray-nih-320 (default: beside)")
    parser.add_argument("--out", type=Path, default=ROOT / "packs" / "chest-xray")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "cache" / "chest-xray")
    options = parser.parse_args(arguments)
    options.adults = options.adults or options.data.parent / "chest-xray-nih-320"
    return options


if __name__ == "__main__":
    main()
