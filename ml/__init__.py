"""Models as functions: `ml.load(name).predict(inputs)`. Plain PyTorch, no Django.

Importing this package is cheap; PyTorch comes in when a model is loaded."""

from pathlib import Path

from ml import engines, packs
from ml.outputs import Attribution, ImageInput, Model, Output, ScopeVerdict

__all__ = ["Attribution", "ImageInput", "Model", "Output", "ScopeVerdict", "load"]


def load(path_or_name: str | Path, device: str | None = None) -> Model:
    """Open a pack by name (a folder under `packs/`) or by path, ready to predict.

    `device` is "cpu", "cuda", or None for CUDA where there is one. The digests of weights and
    backbone are checked each time. The caller keeps the model; nothing is cached here.
    Raises UnknownPack, DamagedPack or MissingBackbone.
    """
    pack = packs.read_pack(path_or_name)
    packs.verify_weights(pack)
    backbone = packs.verify_backbone(pack.backbone) if pack.backbone else None
    return engines.open_model(pack, backbone, device)
