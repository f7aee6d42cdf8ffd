"""Train the pack zh-department: which hospital department a question or note belongs to.

    python -m ml.train.zh_department --data DIR --out packs/zh-department

DIR holds zh-department/questions.csv, medquad/medquad.jsonl.gz and en-vignettes/avey_200.jsonl.
A frozen multilingual-e5-small reads the texts; a linear head is fitted on `train`, its penalty,
temperature and thresholds are chosen on `val`, and `test` is looked at once, at the end.
"""

import argparse
import csv
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ml import evaluate, packs, texts, threads
from ml.calibrate import FrequencyBins, TemperatureCalibrator, negative_log_likelihood
from ml.engines.text import PREFIX
from ml.engines.tokens import Tokens, buckets
from ml.nets.bert_classifier import pool
from ml.nets.bert_encoder import BertEncoder
from ml.paths import models_dir
from ml.train import zh_department_cards as cards
from ml.train import zh_department_gate as gate

Floats = NDArray[np.float64]

NAME, VERSION, SEED = "zh-department", "1.0.0", 20240607
BACKBONE = "multilingual-e5-small"
MAX_TOKENS = 512
PENALTIES = (0.001, 0.003, 0.01, 0.03, 0.1)  # scikit-learn's C
# Upper edges of probability bins; departments rare on val share few, wide ones.
EDGES, RARE_EDGES = (0.02, 0.1, 0.3, 0.6, 0.9, 0.98, 1.0), (0.02, 0.3, 1.0)
SURE_ACCURACY = 0.99  # of the answers on val that are not called uncertain
COMMON = 20  # test items of a department from which its own F1 says something

# As the data set writes it, our code, English. Chinese names are shown as the data set has them.
DEPARTMENTS = (
    ("心血管科", "cardiology", "Cardiology"),
    ("神经科", "neurology", "Neurology"),
    ("消化科", "gastroenterology", "Gastroenterology"),
    ("肝病科", "hepatology", "Hepatology"),
    ("内分泌科", "endocrinology", "Endocrinology"),
    ("呼吸科", "respiratory", "Respiratory medicine"),
    ("肾内科", "nephrology", "Nephrology"),
    ("血液科", "haematology", "Haematology"),
    ("风湿免疫科", "rheumatology", "Rheumatology and immunology"),
    ("感染科", "infectious-diseases", "Infectious diseases"),
    ("普通内科", "general-internal-medicine", "General internal medicine"),
)
CODES = tuple(code for _, code, _ in DEPARTMENTS)


@dataclass(frozen=True)
class Questions:
    """One split; `whole` are title and question joined, `titles` the titles alone."""

    whole: list[str]
    titles: list[str]
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class Head:
    """Linear: weight (labels, 768) and bias (labels,) on [mean, first token]."""

    weight: Floats
    bias: Floats
    penalty: float

    def logits(self, features: Floats) -> Floats:
        return features @ self.weight.T + self.bias


class Reader:
    """Texts to features (n, 768) by the frozen backbone, kept in `cache` for the next run."""

    def __init__(self, cache: Path) -> None:
        folder = models_dir() / BACKBONE
        packs.verify_folder(folder)
        self._cache = cache
        self._tokens = Tokens(folder, MAX_TOKENS)
        self._net = BertEncoder.from_folder(folder, torch.device("cpu"))

    def features(self, inputs: list[str], what: str) -> Floats:
        key = hashlib.sha256(json.dumps([BACKBONE, PREFIX, MAX_TOKENS, inputs]).encode()).hexdigest()
        file = self._cache / f"{key[:32]}.npy"
        if file.exists():
            return np.load(file).astype(np.float64)
        found = self._computed(inputs, what)
        self._cache.mkdir(parents=True, exist_ok=True)
        np.save(file, found.astype(np.float32))
        return found

    @torch.inference_mode()
    def _computed(self, inputs: list[str], what: str) -> Floats:
        found = np.zeros((len(inputs), 2 * self._net.size))
        done = 0
        for bucket in buckets(self._tokens.read([PREFIX + text for text in inputs]), 64):
            _, features = pool(self._net(bucket.ids, bucket.mask), bucket.mask)
            found[bucket.places] = features.numpy()
            done += len(bucket.places)
            print(f"\r{what}: {done}/{len(inputs)}", end="", flush=True)
        print()
        return found


def read_questions(file: Path) -> dict[str, Questions]:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    number = {chinese: place for place, (chinese, _, _) in enumerate(DEPARTMENTS)}
    splits = {}
    for split in ("train", "val", "test"):
        chosen = [row for row in rows if row["split"] == split]
        splits[split] = Questions(
            whole=[texts.join_fields(row["title"], row["question"]) for row in chosen],
            titles=[row["title"] for row in chosen],
            targets=np.array([number[row["department"]] for row in chosen]),
        )
    return splits


def fit_head(features: Floats, targets: NDArray[np.int64], penalty: float) -> Head:
    """Logistic regression with balanced classes: the rarest department has 11 questions."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = features.mean(axis=0), features.std(axis=0)
    model = LogisticRegression(C=penalty, class_weight="balanced", max_iter=1000, random_state=SEED)
    model.fit((features - mean) / spread, targets)
    weight = model.coef_ / spread
    return Head(weight, model.intercept_ - weight @ mean, penalty)


def choose_head(train: Floats, train_targets: Any, val: Floats, val_targets: Any) -> Head:
    """The penalty with the smallest loss on val after temperature scaling."""
    best: tuple[float, Head] | None = None
    for penalty in PENALTIES:
        head = fit_head(train, train_targets, penalty)
        logits = head.logits(val)
        scaled = logits / TemperatureCalibrator.fit(logits, val_targets).temperature
        loss = negative_log_likelihood(scaled, val_targets)
        hits = (logits.argmax(1) == val_targets).mean()
        print(f"C={penalty}: val loss {loss:.4f}, accuracy {hits:.4f}", flush=True)
        if best is None or loss < best[0]:
            best = (loss, head)
    assert best is not None  # noqa: S101 - PENALTIES is not empty
    return best[1]


def uncertain_below(probabilities: Floats, targets: NDArray[np.int64]) -> float:
    """The smallest cut above which the top label is right often enough on val."""
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == targets
    for cut in np.arange(0.3, 0.96, 0.05):
        if right[top >= cut].mean() >= SURE_ACCURACY:
            return round(float(cut), 2)
    return 0.95


def pooled_bins(probabilities: Floats, targets: NDArray[np.int64]) -> dict[str, Any]:
    """How often a stated probability came true on val, common departments together and rare ones
    together: one by one, most would have too few cases for any interval."""
    is_rare = np.bincount(targets, minlength=len(CODES)) < COMMON
    found: dict[str, Any] = {}
    for rare, edges in ((False, EDGES), (True, RARE_EDGES)):
        columns = np.flatnonzero(is_rare == rare)
        stated = probabilities[:, columns].ravel()
        came_true = (targets[:, None] == columns).ravel()
        place = np.searchsorted(edges[:-1], stated, side="left")
        total = np.bincount(place, minlength=len(edges))
        hits = np.bincount(place[came_true], minlength=len(edges))
        bins = FrequencyBins(edges, tuple(hits.tolist()), tuple(total.tolist()))
        found |= {CODES[column]: bins.to_json() for column in columns}
    return found


def baseline(splits: dict[str, Questions]) -> dict[str, Any]:
    """Character n-grams with a linear SVM, for comparison."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    train, test = splits["train"], splits["test"]
    model = LinearSVC(random_state=SEED).fit(grams.fit_transform(train.whole), train.targets)
    predicted = model.predict(grams.transform(test.whole))
    figures = _plain_figures(test.targets, np.eye(len(CODES))[predicted])
    return {"model": "character n-grams 1-3, TF-IDF, linear SVM", **figures}


def _plain_figures(targets: NDArray[np.int64], probabilities: Floats) -> dict[str, float]:
    scores = evaluate.f1_by_class(targets, probabilities)
    common = np.bincount(targets, minlength=len(CODES)) >= COMMON
    return {
        "accuracy": round(evaluate.accuracy(targets, probabilities), 4),
        "macro_f1": round(float(np.nanmean(scores)), 4),
        "macro_f1_common": round(float(np.nanmean(scores[common])), 4),
    }


def carry_over(reader: Reader, head: Head, probes: dict[str, Any]) -> dict[str, Any]:
    """Accuracy on our own English sentences and Chinese notes: small, and said to be."""
    found = {}
    for name in ("english_test", "note_test"):
        codes, sentences = zip(*probes[name], strict=True)
        chosen = head.logits(reader.features(list(sentences), name)).argmax(axis=1)
        right = sum(CODES[place] == code for place, code in zip(chosen, codes, strict=True))
        found[name] = {"n": len(codes), "right": right}
    return found


def train(data: Path, out: Path) -> None:
    threads.apply()
    splits = read_questions(data / "zh-department" / "questions.csv")
    probes = json.loads(Path(__file__).with_name("zh_department_probes.json").read_text("utf-8"))
    reader = Reader(models_dir().parent / "features" / NAME)
    whole = {name: reader.features(item.whole, name) for name, item in splits.items()}
    titles = {name: reader.features(splits[name].titles, f"{name} titles") for name in ("train", "val")}
    fitted_on = np.concatenate([whole["train"], titles["train"]])
    fitted_targets = np.tile(splits["train"].targets, 2)
    val = splits["val"].targets
    head = choose_head(fitted_on, fitted_targets, whole["val"], val)
    calibrator = TemperatureCalibrator.fit(head.logits(whole["val"]), val)
    settled = calibrator.apply(head.logits(whole["val"]))
    the_gate = gate.fit(reader.features, data, probes, fitted_on, titles["val"], SEED)
    test_scores = calibrator.apply(head.logits(whole["test"]))
    metrics = {
        "val": _plain_figures(val, settled),
        "test": evaluate.report(
            splits["test"].targets, test_scores, np.arange(len(test_scores)), CODES, seed=SEED
        )
        | _plain_figures_extra(splits["test"].targets, test_scores),
        "baseline_test": baseline(splits),
        "own_sentences": carry_over(reader, head, probes),
        "gate": the_gate.figures(reader.features, probes, whole["test"]),
    }
    calibration = {
        "temperature": calibrator.temperature,
        "fitted_on": f"val ({len(val)} questions)",
        "bins": pooled_bins(settled, val),
    }
    thresholds = {"uncertain_below": uncertain_below(settled, val), "likely": 0.8, "unlikely": 0.1}
    _write(out, head, the_gate, calibration, thresholds, metrics, _describe(data, splits))


def _plain_figures_extra(targets: NDArray[np.int64], probabilities: Floats) -> dict[str, float]:
    return {"macro_f1_common": _plain_figures(targets, probabilities)["macro_f1_common"]}


def _describe(data: Path, splits: dict[str, Questions]) -> dict[str, Any]:
    return {
        "source": "Toyhom/Chinese-medical-dialogue-data (patients' questions); gate: also MedQuAD, "
        "medask/medask-benchmarks (Avey vignettes), messages of Django and django-allauth",
        "licence": "MIT; CC BY 4.0 (MedQuAD); MIT; BSD-3-Clause and MIT",
        "manifest_sha256": packs.sha256_of(data / "zh-department" / "questions.csv"),
        "counts": {
            name: {
                code: int(count)
                for code, count in zip(CODES, np.bincount(item.targets, minlength=len(CODES)), strict=True)
            }
            for name, item in splits.items()
        },
    }


def _write(
    out: Path, head: Head, the_gate: gate.Gate, calibration: Any, thresholds: Any, metrics: Any, data: Any
) -> None:
    from safetensors.numpy import save_file

    out.mkdir(parents=True, exist_ok=True)
    tensors = {
        "head.weight": np.ascontiguousarray(head.weight, np.float32),  # safetensors ignores strides
        "head.bias": head.bias.astype(np.float32),
        "gate.weight": the_gate.weight[None].astype(np.float32),
        "gate.bias": np.array([the_gate.bias], np.float32),
    }
    save_file(tensors, out / "heads.safetensors")
    pack = cards.TEXTS | {
        "format": packs.FORMAT,
        "name": NAME,
        "version": VERSION,
        "task": "text-classification",
        "scope": {
            "languages": ["zh", "en"],
            "limits": {"readable": 4000, "longest": 20000, "known_script": 0.8},
            "gate": {"kind": "linear on the mean state", "threshold": the_gate.threshold},
        },
        "labels": [{"code": code, "name": {"zh": zh, "en": en}} for zh, code, en in DEPARTMENTS],
        "preprocessing": {"prefix": PREFIX, "max_tokens": MAX_TOKENS},
        "backbone": {"name": BACKBONE, "digest": packs.sha256_of(models_dir() / BACKBONE / packs.WEIGHTS)},
        "engine": "torch",
        "weights": {
            "file": "heads.safetensors",
            "sha256": packs.sha256_of(out / "heads.safetensors"),
        },
        "head": {"kind": "logistic regression, balanced classes", "penalty_c": head.penalty},
        "calibration": calibration,
        "thresholds": thresholds,
        "metrics": metrics,
        "data": data,
        "licence": "MIT",
        "seed": SEED,
        "trained_on": datetime.now(UTC).date().isoformat(),
    }
    (out / "pack.json").write_text(json.dumps(pack, ensure_ascii=False, indent=1) + "\n", "utf-8")
    cards.write(pack, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="folder of the pack")
    options = parser.parse_args()
    train(options.data, options.out)


if __name__ == "__main__":
    main()
