"""Where packs lie (committed) and where backbones are assembled (made on each machine)."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def packs_dir() -> Path:
    """Folder of packs: MEDAPP_PACKS_DIR, else `packs/` of the repository."""
    return Path(os.environ.get("MEDAPP_PACKS_DIR") or ROOT / "packs")


def models_dir() -> Path:
    """Folder of assembled backbones: MEDAPP_MODELS_DIR, else `var/models/`."""
    return Path(os.environ.get("MEDAPP_MODELS_DIR") or ROOT / "var" / "models")
