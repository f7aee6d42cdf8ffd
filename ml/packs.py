"""Packs on disk: read, validate, verify. Nothing here needs PyTorch.

A pack is a folder with `pack.json` (what the model is), small weights as safetensors, and cards.
`pack.json` names the digest of its weights and of the backbone it was trained on, so its own
digest stands for the whole model.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.errors import DamagedPack, MissingBackbone, UnknownPack
from ml.paths import models_dir, packs_dir

FORMAT = 1
WEIGHTS = "model.safetensors"
MANIFEST = "digest.json"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BILINGUAL = ("title", "intended_use", "not_for")
_REQUIRED = ("format", "name", "version", "task", *_BILINGUAL, "scope", "labels", "licence")


@dataclass(frozen=True)
class Label:
    code: str
    name: dict[str, str]  # {"zh": ..., "en": ...}
    system: str | None = None


@dataclass(frozen=True)
class Backbone:
    name: str
    digest: str  # sha256 of its model.safetensors


@dataclass(frozen=True)
class Weights:
    file: str
    sha256: str


@dataclass(frozen=True)
class Pack:
    """A validated `pack.json`; `raw` is the whole of it, `digest` its sha256."""

    folder: Path
    digest: str
    name: str
    version: str
    task: str
    engine: str
    title: dict[str, str]
    intended_use: dict[str, str]
    not_for: dict[str, str]
    scope: dict[str, Any]
    labels: tuple[Label, ...]
    preprocessing: dict[str, Any]
    backbone: Backbone | None
    weights: Weights | None
    calibration: dict[str, Any]
    thresholds: dict[str, Any]
    metrics: dict[str, Any]
    data: dict[str, Any]
    licence: str
    seed: int | None
    trained_on: str | None
    raw: dict[str, Any]

    @property
    def label_codes(self) -> tuple[str, ...]:
        return tuple(label.code for label in self.labels)

    @property
    def weights_path(self) -> Path | None:
        return self.folder / self.weights.file if self.weights else None

    def card(self, language: str) -> str:
        """The model card as Markdown; English unless `language` begins with "zh"."""
        name = "card.zh.md" if language.startswith("zh") else "card.md"
        return (self.folder / name).read_text(encoding="utf-8")


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def known_packs() -> list[str]:
    """Names of the packs under `packs/`, sorted."""
    return sorted(path.parent.name for path in packs_dir().glob("*/pack.json"))


def find_pack(path_or_name: str | Path) -> Path:
    """Folder of a pack. A string is a name, never a path, so that user input cannot wander."""
    if isinstance(path_or_name, Path):
        folder = path_or_name
    elif NAME.fullmatch(path_or_name):
        folder = packs_dir() / path_or_name
    else:
        raise UnknownPack(path_or_name, known_packs())
    if not (folder / "pack.json").is_file():
        raise UnknownPack(str(path_or_name), known_packs())
    return folder


def read_pack(path_or_name: str | Path) -> Pack:
    """Read and validate `pack.json`. Raises UnknownPack, or DamagedPack naming the file."""
    folder = find_pack(path_or_name)
    content = (folder / "pack.json").read_bytes()
    try:
        raw = json.loads(content)
        return _parse(folder, hashlib.sha256(content).hexdigest(), raw)
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedPack(folder / "pack.json", f"not a valid pack: {error}") from error


def verify_weights(pack: Pack) -> None:
    """Raise DamagedPack when the weights are missing or differ from the pack in any bit."""
    if pack.weights and pack.weights_path:
        _verify_file(pack.weights_path, pack.weights.sha256)


def verify_backbone(backbone: Backbone) -> Path:
    """Folder of an assembled backbone, every file of it checked.

    Raises MissingBackbone when it was never assembled, DamagedPack naming a changed file, or when
    the weights are not the ones that the pack was trained on.
    """
    folder = models_dir() / backbone.name
    if not (folder / MANIFEST).is_file():
        raise MissingBackbone(backbone.name)
    verify_folder(folder)
    _verify_file(folder / WEIGHTS, backbone.digest)
    return folder


def verify_folder(folder: Path) -> None:
    """Check every file against the folder's own manifest (`{file: sha256}`)."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        files = {str(name): str(digest) for name, digest in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedPack(folder / MANIFEST, f"not a manifest: {error}") from error
    if WEIGHTS not in files:
        raise DamagedPack(folder / MANIFEST, f"does not list {WEIGHTS}")
    for name, digest in files.items():
        _verify_file(folder / name, digest)


def _verify_file(path: Path, digest: str) -> None:
    if not path.is_file():
        raise DamagedPack(path, "the file is missing")
    if sha256_of(path) != digest:
        raise DamagedPack(path, "the content is not what was published (digest differs)")


def _parse(folder: Path, digest: str, raw: dict[str, Any]) -> Pack:
    _check_shape(raw)
    plain: dict[str, Any] = {
        key: raw[key] for key in ("name", "version", "task", "scope", "licence", *_BILINGUAL)
    }
    optional = ("preprocessing", "calibration", "thresholds", "metrics", "data")
    plain |= {key: raw.get(key) or {} for key in optional}
    return Pack(
        folder=folder,
        digest=digest,
        labels=tuple(_label(item) for item in raw["labels"]),
        backbone=_backbone(raw.get("backbone")),
        weights=_weights(raw.get("weights")),
        engine=raw.get("engine", "torch"),
        seed=raw.get("seed"),
        trained_on=raw.get("trained_on"),
        raw=raw,
        **plain,
    )


def _check_shape(raw: dict[str, Any]) -> None:
    missing = [key for key in _REQUIRED if key not in raw]
    if missing:
        raise ValueError(f"missing {', '.join(missing)}")
    if raw["format"] != FORMAT:
        raise ValueError(f"format {raw['format']!r}, this program reads {FORMAT}")
    if not NAME.fullmatch(raw["name"]):
        raise ValueError(f"name {raw['name']!r} is not lower-case letters, digits and . _ -")
    for key in _BILINGUAL:
        _bilingual(raw[key], key)
    codes = [item["code"] for item in raw["labels"]]
    if len(set(codes)) != len(codes) or (raw["task"].endswith("-classification") and not codes):
        raise ValueError("labels are missing or repeated")


def _bilingual(value: dict[str, str], key: str) -> dict[str, str]:
    if not (value.get("zh") and value.get("en")):
        raise ValueError(f"{key} needs a text in zh and en")
    return value


def _label(item: dict[str, Any]) -> Label:
    return Label(item["code"], _bilingual(item["name"], item["code"]), item.get("system"))


def _backbone(item: dict[str, str] | None) -> Backbone | None:
    if item is None:
        return None
    if not NAME.fullmatch(item["name"]) or not _SHA256.fullmatch(item["digest"]):
        raise ValueError("backbone needs a plain name and a sha256")
    return Backbone(item["name"], item["digest"])


def _weights(item: dict[str, str] | None) -> Weights | None:
    if item is None:
        return None
    if not NAME.fullmatch(item["file"]) or not item["file"].endswith(".safetensors"):
        raise ValueError("weights must be one safetensors file beside pack.json")
    if not _SHA256.fullmatch(item["sha256"]):
        raise ValueError("weights need a sha256")
    return Weights(item["file"], item["sha256"])
