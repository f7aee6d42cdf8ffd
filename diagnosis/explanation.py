"""What a model looked at: heat map as an encrypted PNG, word weights as encrypted JSON."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from diagnosis.models import Subject
from medapp.vault.models import Blob
from medapp.vault.services import store_blob
from ml import Model, Output


@dataclass(frozen=True)
class Explained:
    """The explanation of one prediction; both parts None where nothing was scored."""

    heat_map_png: bytes | None = None
    attributions: list[dict[str, Any]] | None = None

    def store(self) -> Blob | None:
        """Store the heat map and return its blob; call it inside the saving transaction."""
        if self.heat_map_png is None:
            return None
        return store_blob(stream=io.BytesIO(self.heat_map_png), media_type="image/png")


def explain(model: Model, value: Any, output: Output, subject_type: str) -> Explained:
    """Explain the label that ``output`` names, for one input."""
    if output.label is None:
        return Explained()
    result = model.explain(value, output.label)
    if subject_type == Subject.INSTANCE:
        return Explained(heat_map_png=to_png(result))
    spans = [{"start": a.start, "end": a.end, "weight": round(a.weight, 4)} for a in result]
    return Explained(attributions=spans)


def to_png(heat_map: NDArray[np.float32]) -> bytes:
    """Return the map ([0, 1], HxW) as an RGBA PNG whose alpha is the strength, violet to yellow."""
    low, high = np.array([88, 28, 135]), np.array([250, 204, 21])
    strength = np.clip(heat_map, 0, 1)[..., None]
    colour = low + (high - low) * strength
    rgba = np.concatenate([colour, strength * 255], axis=2).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(rgba, "RGBA").save(stream, "PNG")
    return stream.getvalue()
