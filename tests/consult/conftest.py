"""A chat server on this machine, over real HTTP, and an encoder that costs nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from consult import engines, retrieval
from medapp.accounts.models import User
from medapp.jobs import bell as bell_module
from medapp.jobs import leases
from medapp.records.models import Patient
from tests.factories.accounts import patient as make_patient
from tests.factories.accounts import user
from tests.factories.consult import WordEncoder
from tests.ml.chat_stub import Script, chat_server, event

SERVER_SECONDS = 2
SAID = ("Metformin is stopped ", "when the eGFR falls below 30 mL/min [1]. ", "The moon is made of cheese.")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No broker is rung, and nothing that a process remembers outlives its test."""
    monkeypatch.setattr(bell_module.bell, "ring", lambda kind, bells=1: True)
    # The keeper's own connection does not see what a test's transaction has not committed.
    monkeypatch.setattr(leases, "renew", lambda claims: None)
    engines.chat.cache_clear()
    retrieval._matrix.cache_clear()
    yield
    engines.chat.cache_clear()


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> WordEncoder:
    made = WordEncoder()
    monkeypatch.setattr(engines, "encoder", lambda: made)
    return made


@pytest.fixture
def serve(settings, encoder) -> Iterator[Callable[[Script], Script]]:
    """Let the chat be answered by a server that follows the script."""
    with ExitStack() as servers:

        def start(script: Script) -> Script:
            settings.CHAT_SERVER_URL = servers.enter_context(chat_server(script))
            settings.CHAT_SERVER_MODEL = "stub"
            settings.CHAT_TIMEOUT_SECONDS = SERVER_SECONDS
            engines.chat.cache_clear()
            return script

        yield start


@pytest.fixture
def server(serve) -> Script:
    """A server that gives one supported sentence and one that no passage holds."""
    return serve(Script([*map(event, SAID), event("", "stop")]))


@pytest.fixture
def doctor(db) -> User:
    return user(display_name="Dr Li")


@pytest.fixture
def patient(doctor) -> Patient:
    return make_patient([doctor])
