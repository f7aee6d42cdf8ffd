"""What lies in the folder of packs, each with the problem that keeps it from being used."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from medapp.registry.models import Problem
from ml.errors import DamagedPack, MissingBackbone
from ml.packs import read_pack, verify_backbone, verify_weights


@dataclass(frozen=True)
class FoundPack:
    """A pack's folder. ``card`` is empty where pack.json cannot be read."""

    folder: str
    name: str
    digest: str
    version: str = ""
    task: str = ""
    engine: str = ""
    card: dict[str, Any] = field(default_factory=dict)
    problem_code: str = ""
    problem: str = ""


def found_packs() -> list[FoundPack]:
    """Read and verify every pack, weights and base model included."""
    return [_found(path.parent) for path in sorted(Path(settings.PACKS_DIR).glob("*/pack.json"))]


def _found(folder: Path) -> FoundPack:
    try:
        pack = read_pack(folder)
    except DamagedPack as error:
        digest = hashlib.sha256((folder / "pack.json").read_bytes()).hexdigest()
        words = _words(error, folder)
        return FoundPack(folder.name, folder.name, digest, problem_code=Problem.DAMAGED, problem=words)
    code, words = _problem(folder)
    return FoundPack(
        folder=folder.name,
        name=pack.name,
        digest=pack.digest,
        version=pack.version,
        task=pack.task,
        engine=pack.engine,
        card=pack.raw,
        problem_code=code,
        problem=words,
    )


def _problem(folder: Path) -> tuple[str, str]:
    pack = read_pack(folder)
    try:
        verify_weights(pack)
        if pack.backbone is not None:
            verify_backbone(pack.backbone)
    except DamagedPack as error:
        return Problem.DAMAGED, _words(error, folder)
    except MissingBackbone as error:
        return Problem.NO_BACKBONE, str(error)
    return Problem.NONE, ""


def _words(error: DamagedPack, folder: Path) -> str:
    """Name the file without the machine's path."""
    return f"{folder.name}/{Path(error.file).name}: {error.problem}"
