"""The words that chat engines and their callers share. Nothing here needs PyTorch."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Protocol, TypedDict

StopCheck = Callable[[], bool]


class Message(TypedDict):
    role: Literal["system", "user", "assistant"]
    content: str


class Engine(Protocol):
    """A chat model. `name` and `version` are what an answer is labelled with."""

    name: str
    version: str
    context_tokens: int

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 384,
        temperature: float = 0.0,
        stop: StopCheck | None = None,
    ) -> Iterator[str]:
        """Pieces of the answer as they come, whole characters only.

        Ends early, without an error, once `stop()` is true. Raises ChatError.
        """

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, exact for a local model, a safe estimate for a server."""

    def check(self) -> None:
        """Return when the model could answer now. Raises ChatError."""
