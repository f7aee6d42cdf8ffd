"""The chat engine and the encoder that a chat worker holds open."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from medapp.errors import DamagedModelError, Permanent, Retriable, UnavailableError
from ml import errors as ml_errors
from ml import threads
from ml.chat import ChatConfig, ChatServerError, Engine, open_engine

if TYPE_CHECKING:
    from ml.embed import Encoder


class ChatServerAwayError(Retriable):
    code = "chat-server-away"
    message = _("The chat server does not answer (%(reason)s).")
    hint = _("Your question is kept and is tried again. Tell the administrator if it lasts.")


class ChatServerRefusedError(Permanent):
    code = "chat-server-refused"
    http_status = 502
    message = _("The chat server refused the question (%(reason)s).")
    hint = _("The administrator must look at the chat server’s settings. Your question is kept.")


def is_demonstration() -> bool:
    """The bundled chat model only shows the way; a site's own server is a model of its choice."""
    return not is_outside()


def is_outside() -> bool:
    """Whether questions and passages leave this application for a server of the site's choice."""
    return bool(settings.CHAT_SERVER_URL)


def server_name() -> str:
    """The chat server's host, for people to know where text goes; empty where it stays here."""
    return urlsplit(settings.CHAT_SERVER_URL).hostname or "" if is_outside() else ""


def writes(language: str) -> bool:
    """Whether the model can write the language; the bundled one knows English alone."""
    return is_outside() or language == "en"


@lru_cache(maxsize=1)
def chat() -> Engine:
    """Return the engine, loaded once a process. Raises DamagedModelError or UnavailableError."""
    config = ChatConfig(
        pack=settings.DEFAULT_MODELS["chat"],
        base_url=settings.CHAT_SERVER_URL,
        model=settings.CHAT_SERVER_MODEL,
        api_key=settings.CHAT_SERVER_KEY,
        silent_seconds=settings.CHAT_TIMEOUT_SECONDS,
    )
    try:
        return open_engine(config)
    except ml_errors.DamagedPack as error:
        raise DamagedModelError(name=config.pack) from error
    except ml_errors.MissingBackbone as error:
        raise UnavailableError(part=error.name) from error


@lru_cache(maxsize=1)
def encoder() -> "Encoder":
    from ml.embed import Encoder  # noqa: PLC0415 - it loads PyTorch, which web processes do without

    threads.apply()
    try:
        return Encoder()
    except ml_errors.DamagedPack as error:
        raise DamagedModelError(name="multilingual-e5-small") from error
    except ml_errors.MissingBackbone as error:
        raise UnavailableError(part=error.name) from error


def chat_label() -> str:
    engine = chat()
    return f"{engine.name} {engine.version}"


def translated(pieces: Iterator[str]) -> Iterator[str]:
    """Pass the pieces through; a failing server becomes a refusal with words. Its text is never kept."""
    try:
        yield from pieces
    except ChatServerError as error:
        kind = ChatServerAwayError if error.is_retriable else ChatServerRefusedError
        raise kind(reason=error.code) from None
