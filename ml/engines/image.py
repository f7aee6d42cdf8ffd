"""Image classification on PyTorch: gate, one forward pass over the batch, calibrated answers."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ml import scope, threads
from ml.calibrate import FrequencyBins, TemperatureCalibrator, word_for
from ml.devices import autocast, pick_device, precision_for
from ml.errors import DamagedPack, InvalidInput
from ml.explain.image import heat_map
from ml.images import to_grey, to_square, to_tensor
from ml.nets.dinov2 import load_dinov2
from ml.nets.embedding_gate import EmbeddingGate
from ml.nets.vit_classifier import VitClassifier
from ml.outputs import UNCERTAIN, ImageInput, Output, ScopeVerdict
from ml.packs import Pack

log = logging.getLogger(__name__)


class ImageModel:
    """A loaded image pack. Safe to share between threads; nothing changes after loading."""

    batch_size = 8  # measured best on a CPU, 1 and 2 threads alike (docs/experiments.md)

    def __init__(self, pack: Pack, net: VitClassifier, gate: EmbeddingGate, device: torch.device) -> None:
        self.pack = pack
        self.net = net.to(device).eval().requires_grad_(False)
        self.gate = gate.to(device).eval()
        self.device = device
        self.dtype = precision_for(device)
        self.size = int(pack.preprocessing["size"])
        self.calibrator = TemperatureCalibrator(pack.calibration["temperature"])
        self.bins = {
            code: FrequencyBins.from_json(pack.calibration["bins"][code]) for code in pack.label_codes
        }

    def predict(self, inputs: list[Any], ignore_scope: bool = False) -> list[Output]:
        """One output for each ImageInput, in order. Refused inputs are not scored unless
        `ignore_scope`; then the output carries both the scores and the refusal.

        Raises InvalidInput for what is no ImageInput."""
        verdicts = [self._verdict_before(item) for item in inputs]
        chosen = [i for i, verdict in enumerate(verdicts) if ignore_scope or verdict is None]
        outputs = {i: Output.refused(verdict) for i, verdict in enumerate(verdicts) if verdict}
        if chosen:
            logits, features = self._forward([inputs[i].pixels for i in chosen])
            for row, i in enumerate(chosen):
                verdict = verdicts[i] or self._verdict_after(inputs[i], features[row : row + 1])
                scored = verdict.in_scope or ignore_scope
                outputs[i] = self._answer(logits[row], verdict) if scored else Output.refused(verdict)
        return [outputs[i] for i in range(len(inputs))]

    def features(self, inputs: list[ImageInput]) -> NDArray[np.float32]:
        """Embeddings (n, d), for monitoring and for looking up similar pictures."""
        return self._forward([item.pixels for item in inputs])[1].cpu().numpy()

    def explain(self, item: Any, label: str) -> NDArray[np.float32]:
        """Heat map (size, size) in [0, 1] of what spoke for `label`; stretch it over the picture.

        Raises InvalidInput when the pack has no such label."""
        if label not in self.pack.label_codes:
            raise InvalidInput(f"no label {label!r} in {self.pack.name}")
        batch = self._batch([_pixels(item)])
        return heat_map(self.net, batch, self.pack.label_codes.index(label), self.dtype)

    def _verdict_before(self, item: Any) -> ScopeVerdict | None:
        _pixels(item)
        return scope.refusal(item, self.pack.scope)

    def _verdict_after(self, item: ImageInput, features: Tensor) -> ScopeVerdict:
        """What the embedding says; then what remains to be noted of an input in scope."""
        limits = self.pack.scope["gate"]
        distance = round(float(self.gate.distance(features)), 3)
        adult = round(float(self.gate.adult_logit(features)), 2)
        detail = {"distance": distance, "max_distance": limits["max_distance"]}
        if distance > limits["max_distance"]:
            return ScopeVerdict(False, "not-a-chest", detail)
        detail |= {"adult_logit": adult, "max_adult_logit": limits["max_adult_logit"]}
        looks_adult = adult > limits["max_adult_logit"]
        if looks_adult and item.age_years is None:
            return ScopeVerdict(False, "age-out-of-range", detail | {"source": "picture"})
        notes = scope.notes(item, self.pack.scope) + ["looks-adult"] * looks_adult
        return ScopeVerdict(True, "", detail | {"notes": notes})

    def _answer(self, logits: Tensor, verdict: ScopeVerdict) -> Output:
        values = logits.double().cpu().numpy()
        probabilities = self.calibrator.apply(values)
        scores = dict(zip(self.pack.label_codes, map(float, probabilities), strict=True))
        label = max(scores, key=lambda code: scores[code])
        cuts = self.pack.thresholds
        if verdict.in_scope and scores[label] < cuts["certain"]:
            verdict = ScopeVerdict(True, UNCERTAIN, verdict.detail)
        return Output(
            scores=scores,
            logits=[float(value) for value in values],
            label=label,
            intervals={code: self.bins[code].interval(p) for code, p in scores.items()},
            scope=verdict,
            words={c: word_for(p, cuts["likely"], cuts["unlikely"]) for c, p in scores.items()},
        )

    def _forward(self, pictures: list[NDArray[np.uint8]]) -> tuple[Tensor, Tensor]:
        threads.apply()
        with torch.inference_mode(), autocast(self.device, self.dtype):
            logits, features = self.net(self._batch(pictures))
        return logits.float(), features.float()

    def _batch(self, pictures: list[NDArray[np.uint8]]) -> Tensor:
        squares = [to_square(to_grey(pixels), self.size) for pixels in pictures]
        return to_tensor(squares).to(self.device, non_blocking=True)


def open_model(pack: Pack, backbone: Path | None, device: str | None) -> ImageModel:
    """Build the net of a verified pack. Raises DamagedPack when pack and weights do not fit."""
    if backbone is None or pack.weights_path is None:
        raise DamagedPack(pack.folder / "pack.json", "an image pack needs a backbone and weights")
    try:
        shape = pack.raw["architecture"]
        net = VitClassifier(
            load_dinov2(backbone, int(pack.preprocessing["size"])),
            classes=len(pack.labels),
            pooled_blocks=int(shape["pooled_blocks"]),
        )
        gate = EmbeddingGate(int(shape["gate_rank"]))
        _load_strictly(net, gate, load_file(pack.weights_path))
        model = ImageModel(pack, net, gate, pick_device(device))
    except (KeyError, RuntimeError, ValueError, SafetensorError) as error:
        raise DamagedPack(pack.weights_path, f"does not fit its pack.json: {error}") from error
    log.info("loaded %s %s on %s as %s", pack.name, pack.version, model.device, model.dtype)
    return model


def _load_strictly(net: VitClassifier, gate: EmbeddingGate, state: dict[str, Tensor]) -> None:
    """The pack replaces the whole head and gate, and of the backbone only what it was tuned on."""
    full = {name: value.float() for name, value in state.items()}
    gate.load_state_dict(
        {name.removeprefix("gate."): v for name, v in full.items() if name.startswith("gate.")}
    )
    rest = {name: v for name, v in full.items() if not name.startswith("gate.")}
    result = net.load_state_dict(rest, strict=False)
    absent = [name for name in result.missing_keys if not name.startswith("backbone.")]
    if absent or result.unexpected_keys:
        raise ValueError(f"tensors missing {absent}, unexpected {result.unexpected_keys}")


def _pixels(item: Any) -> NDArray[np.uint8]:
    if not isinstance(item, ImageInput):
        raise InvalidInput(f"an image model takes ImageInput, not {type(item).__name__}")
    return item.pixels
