"""What goes into a model and what comes out of it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ml.packs import Pack

UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class ImageInput:
    """A picture as it is presented (window applied), with what its header says of it.

    `pixels` is HxW or HxWx3 uint8, in which low is dark. None in the rest: the header is silent.
    """

    pixels: NDArray[np.uint8]
    modality: str | None = None
    body_part: str | None = None
    view: str | None = None
    age_years: float | None = None


@dataclass(frozen=True)
class ScopeVerdict:
    """Whether the model was made for this input.

    `code` is "" for a plain yes and "uncertain" when the input is in scope but the scores are too
    close to call; otherwise it names the refusal. `detail` holds the figures behind it, such as
    {"modality": "MR"}, and under "notes" what could not be checked, such as "age-unknown".
    """

    in_scope: bool
    code: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """What a classifier says. All None but `scope` when the input was refused.

    scores: calibrated probabilities by label code; intervals: (low, high) by label code;
    label: the most probable code, also when `is_uncertain`; words: "likely", "possible" or
    "unlikely" by label code.
    """

    scores: dict[str, float] | None
    logits: list[float] | None
    label: str | None
    intervals: dict[str, tuple[float, float]] | None
    scope: ScopeVerdict
    words: dict[str, str] | None = None

    @classmethod
    def refused(cls, scope: ScopeVerdict) -> "Output":
        return cls(scores=None, logits=None, label=None, intervals=None, scope=scope)

    @property
    def is_uncertain(self) -> bool:
        return self.scores is not None and self.scope.code == UNCERTAIN


@dataclass(frozen=True)
class Attribution:
    """How much the characters [start, end) of a text spoke for a label; weight in [-1, 1]."""

    start: int
    end: int
    text: str
    weight: float


class Model(Protocol):
    """What every classifier offers, whatever it runs on."""

    pack: "Pack"
    batch_size: int

    def predict(self, inputs: list[Any], ignore_scope: bool = False) -> list[Output]:
        """One output for each input, in order, from one forward pass."""

    def explain(self, item: Any, label: str) -> Any:
        """Heat map (image: float32 224x224 in [0, 1]) or list[Attribution] (text)."""
