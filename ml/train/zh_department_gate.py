"""The input gate of zh-department: is this text about health at all?

A line through the backbone's mean states, fitted between medical texts and everyday ones. A plain
distance to the training questions was tried and refused English: see docs/experiments.md.
"""

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Features = Callable[[list[str], str], Floats]

UI_PACKAGES = ("django", "allauth")
UI_MESSAGES = 350
MEDICAL_ENGLISH = 450
KEPT_SHARE = 0.995  # of val's titles, the shortest real input, must pass


@dataclass(frozen=True)
class Gate:
    """score = mean state · weight + bias; below `threshold` a text is refused as not medical."""

    weight: Floats  # (384,)
    bias: float
    threshold: float

    def score(self, features: Floats) -> Floats:
        """features (n, 768), whose first half is the mean state."""
        return features[:, : len(self.weight)] @ self.weight + self.bias

    def passes(self, features: Floats) -> float:
        return round(float((self.score(features) >= self.threshold).mean()), 4)

    def figures(self, read: Features, probes: dict[str, Any], test: Floats) -> dict[str, Any]:
        own = {name: [text for _, text in probes[name]] for name in ("english_test", "note_test")}
        everyday = read(probes["everyday_test"], "everyday sentences")
        return {
            "test_questions_passed": self.passes(test),
            "own_english_passed": self.passes(read(own["english_test"], "English")),
            "own_notes_passed": self.passes(read(own["note_test"], "notes")),
            "everyday_refused": round(1 - self.passes(everyday), 4),
            "everyday_n": len(everyday),
        }


def fit(
    read: Features, data: Path, probes: dict[str, Any], medical: Floats, val_titles: Floats, seed: int
) -> Gate:
    """`medical`: features of the Chinese training texts; `val_titles` settle the threshold."""
    from sklearn.linear_model import LogisticRegression

    english = read(english_medical(data, seed), "English medical")
    everyday = read(ui_messages(seed), "everyday (messages of web software)")
    half = medical.shape[1] // 2
    inputs = np.concatenate([medical, english, everyday])[:, :half]
    # Chinese medical, English medical and everyday weigh 1 : 1 : 2
    weights = np.concatenate(
        [np.full(len(x), n / len(x)) for x, n in ((medical, 1), (english, 1), (everyday, 2))]
    )
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0)
    model = LogisticRegression(C=0.01, max_iter=1000, random_state=seed)
    is_medical = np.arange(len(inputs)) < len(medical) + len(english)
    model.fit((inputs - mean) / spread, is_medical, sample_weight=weights * len(inputs) / weights.sum())
    weight = model.coef_[0] / spread
    gate = Gate(weight, float(model.intercept_[0] - weight @ mean), 0.0)
    return Gate(gate.weight, gate.bias, _threshold(gate, val_titles, read, probes))


def _threshold(gate: Gate, val_titles: Floats, read: Features, probes: dict[str, Any]) -> float:
    """Midway between the everyday val sentences and the lowest medical titles, and never above
    what keeps KEPT_SHARE of those."""
    lowest = float(np.quantile(gate.score(val_titles), 1 - KEPT_SHARE))
    everyday = float(np.quantile(gate.score(read(probes["everyday_val"], "everyday val")), 0.95))
    print(f"gate: everyday 95 % below {everyday:.2f}, titles {KEPT_SHARE:.1%} above {lowest:.2f}")
    return round(min(lowest, (lowest + everyday) / 2), 4)


def english_medical(data: Path, seed: int) -> list[str]:
    with gzip.open(data / "medquad" / "medquad.jsonl.gz", "rt", encoding="utf-8") as stream:
        pages = [json.loads(line) for line in stream]
    random.Random(seed).shuffle(pages)
    questions = [page["question"] for page in pages[:300]]
    answers = [page["answer"][:200] for page in pages[300:MEDICAL_ENGLISH]]
    vignettes = (data / "en-vignettes" / "avey_200.jsonl").read_text("utf-8").splitlines()[:100]
    return questions + answers + [_vignette(json.loads(line)) for line in vignettes]


def ui_messages(seed: int) -> list[str]:
    """English and Chinese messages of web software, which are in no way medical."""
    from importlib import util

    from babel.messages.pofile import read_po

    pairs = []
    for package in UI_PACKAGES:
        spec = util.find_spec(package)
        root = Path(next(iter(spec.submodule_search_locations or []))) if spec else Path()
        for file in sorted(root.glob("**/locale/zh_Hans/LC_MESSAGES/django.po")):
            with file.open("rb") as stream:
                pairs += [(str(m.id), str(m.string)) for m in read_po(stream) if _is_sentence(m)]
    random.Random(seed).shuffle(pairs)
    return [text for pair in pairs[:UI_MESSAGES] for text in pair]


def _is_sentence(message: Any) -> bool:
    both = (message.id, message.string)
    plain = all(isinstance(text, str) and text and not set("%{") & set(text) for text in both)
    return plain and len(message.id) > 12


def _vignette(case: dict[str, str]) -> str:
    return ". ".join(case[key] for key in ("demographics", "chief_complaints", "presentation"))
