"""Text classifiers on PyTorch: examine, read in padded batches, gate, calibrate."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from ml import texts, threads
from ml.calibrate import FrequencyBins, TemperatureCalibrator, word_for
from ml.devices import pick_device, precision_for
from ml.engines.tokens import Tokens, buckets
from ml.errors import DamagedPack, InvalidInput
from ml.nets.bert_classifier import BertClassifier
from ml.nets.bert_encoder import BertEncoder
from ml.outputs import UNCERTAIN, Attribution, Output, ScopeVerdict
from ml.packs import Pack

PREFIX = "query: "  # what e5 was trained to see before a text that is classified


@dataclass(frozen=True)
class Read:
    """What the network made of one text. `characters`: how many it took in; `is_cut`: not all."""

    logits: list[float]
    medical: float
    characters: int
    is_cut: bool


def open_model(pack: Pack, backbone: Path | None, device: str | None) -> "TextModel":
    """Raises DamagedPack when weights and labels do not fit together."""
    if backbone is None or pack.weights_path is None:
        raise DamagedPack(pack.folder / "pack.json", "a text model needs a backbone and weights")
    threads.apply()
    place = pick_device(device)
    encoder = BertEncoder.from_folder(backbone, place, precision_for(place))
    net = BertClassifier(encoder, len(pack.labels))
    try:
        net.load_heads(load_file(pack.weights_path))
        tokens = Tokens(backbone, pack.preprocessing["max_tokens"])
        return TextModel(pack, net.to(place).eval(), tokens, place)
    except (RuntimeError, KeyError, TypeError) as error:
        raise DamagedPack(pack.weights_path, f"does not fit the pack: {error}") from error


class TextModel:
    """Implements ml.outputs.Model for inputs of type str."""

    batch_size = 16  # measured from 1 to 128: docs/experiments.md

    def __init__(self, pack: Pack, net: BertClassifier, tokens: Tokens, device: torch.device) -> None:
        self.pack = pack
        self.device = device
        self._net = net
        self._tokens = tokens
        self._limits = texts.Limits(**pack.scope["limits"])
        self._gate = float(pack.scope["gate"]["threshold"])
        self._calibrator = TemperatureCalibrator(pack.calibration["temperature"])
        self._bins = {code: FrequencyBins.from_json(item) for code, item in pack.calibration["bins"].items()}

    def predict(self, inputs: list[str], ignore_scope: bool = False) -> list[Output]:
        """One output for each text, in order. With `ignore_scope` everything but an empty text is
        scored, and the verdict still says what was wrong. Raises InvalidInput for other types."""
        examined = [texts.examine(text, self._limits) for text in inputs]
        outputs = [Output.refused(item.verdict) for item in examined]
        places = [
            place
            for place, item in enumerate(examined)
            if item.text and (item.verdict.in_scope or ignore_scope)
        ]
        reads = self._read([examined[place].text for place in places])
        for place, read in zip(places, reads, strict=True):
            verdict = self._verdict(examined[place].verdict, read)
            if verdict.in_scope or ignore_scope:
                outputs[place] = self._output(read, verdict)
            else:
                outputs[place] = Output.refused(verdict)
        return outputs

    def explain(self, item: str, label: str) -> list[Attribution]:
        """How the words of a text spoke for `label`, in the text's order, offsets into it."""
        from ml.explain.text import attribute_words  # captum and jieba, needed here only

        if label not in self.pack.label_codes:
            raise InvalidInput(f"the model has no label {label!r}")
        text = texts.examine(item, self._limits).text
        if not text:
            return []
        (encoding,) = self._tokens.read([PREFIX + text])
        return attribute_words(
            self._net, encoding, text, len(PREFIX), self.pack.label_codes.index(label), self.device
        )

    @torch.inference_mode()
    def _read(self, inputs: list[str]) -> list[Read]:
        encodings = self._tokens.read([PREFIX + text for text in inputs])
        found: dict[int, Read] = {}
        for bucket in buckets(encodings, self.batch_size, self.device):
            reading = self._net(bucket.ids, bucket.mask)
            rows = zip(bucket.places, reading.logits.tolist(), reading.medical.tolist(), strict=True)
            for place, logits, medical in rows:
                end = max(stop for _, stop in encodings[place].offsets) - len(PREFIX)
                found[place] = Read(logits, medical, end, bool(encodings[place].overflowing))
        return [found[place] for place in range(len(inputs))]

    def _verdict(self, before: ScopeVerdict, read: Read) -> ScopeVerdict:
        detail = dict(before.detail)
        if read.is_cut or detail["characters"] > self._limits.readable:
            detail |= {"notes": [texts.TRUNCATED], "read_characters": read.characters}
        if before.in_scope and read.medical < self._gate:
            detail["medical"] = round(read.medical, 3)
            return ScopeVerdict(False, texts.NOT_MEDICAL, detail)
        return ScopeVerdict(before.in_scope, before.code, detail)

    def _output(self, read: Read, verdict: ScopeVerdict) -> Output:
        probabilities = self._calibrator.apply(np.array(read.logits)).tolist()
        scores = dict(zip(self.pack.label_codes, probabilities, strict=True))
        label = max(scores, key=scores.__getitem__)
        cuts: dict[str, Any] = self.pack.thresholds
        if verdict.in_scope and scores[label] < cuts["uncertain_below"]:
            verdict = ScopeVerdict(True, UNCERTAIN, verdict.detail)
        return Output(
            scores=scores,
            logits=read.logits,
            label=label,
            intervals={code: self._bins[code].interval(score) for code, score in scores.items()},
            scope=verdict,
            words={code: word_for(score, cuts["likely"], cuts["unlikely"]) for code, score in scores.items()},
        )
