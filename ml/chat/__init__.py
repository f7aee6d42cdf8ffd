"""Chat models behind one interface: a local one, or any OpenAI-compatible server by setting."""

from dataclasses import dataclass, field

from ml.chat.errors import ChatError, ChatServerError
from ml.chat.messages import Engine, Message, StopCheck

__all__ = [
    "ChatConfig",
    "ChatError",
    "ChatServerError",
    "Engine",
    "Message",
    "StopCheck",
    "open_engine",
]


@dataclass(frozen=True)
class ChatConfig:
    """Which chat model answers. With `base_url` a server is asked, else the local pack.

    base_url: up to and with /v1, as OpenAI clients want it. context_tokens: the budget that prompts
    are trimmed to. connect_seconds, silent_seconds: how long a server may take to pick up, and may
    stay silent before or between pieces of an answer.
    """

    pack: str = "smollm2-chat"
    base_url: str = ""
    model: str = ""
    api_key: str = field(default="", repr=False)
    context_tokens: int = 2048
    connect_seconds: float = 5.0
    silent_seconds: float = 60.0


def open_engine(config: ChatConfig | None = None) -> Engine:
    """The engine of `config`, ready to stream; the caller keeps it.

    Raises UnknownPack, DamagedPack or MissingBackbone for a local pack. A server is not contacted
    before it is asked something, or by its `check()`.
    """
    config = config or ChatConfig()
    if config.base_url:
        from ml.chat.remote import RemoteEngine  # a web process needs no PyTorch

        return RemoteEngine(config)
    from ml.chat.local import load_local

    return load_local(config.pack, context_tokens=config.context_tokens)
