"""From a pack's task to the code that runs it. Imported on use, since each brings PyTorch."""

from importlib import import_module
from pathlib import Path
from typing import cast

from ml.errors import DamagedPack
from ml.outputs import Model
from ml.packs import Pack

# Each module offers open_model(pack, backbone, device) -> Model.
TASKS = {
    "image-classification": "ml.engines.image",
    "text-classification": "ml.engines.text",
    "chat": "ml.chat.local",
}


def open_model(pack: Pack, backbone: Path | None, device: str | None) -> Model:
    """Build the model of a verified pack; `backbone` is its verified folder."""
    if pack.task not in TASKS:
        raise DamagedPack(pack.folder / "pack.json", f"unknown task {pack.task!r}")
    return cast(Model, import_module(TASKS[pack.task]).open_model(pack, backbone, device))
