from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from medapp.audit import triggers
from medapp.audit.models import Event
from medapp.audit.services import record


@pytest.fixture
def five_events(db: None) -> list[Event]:
    return [
        record(action=f"test.{number}", by=None, reason="原因", detail={"n": number}) for number in range(5)
    ]


@contextmanager
def _unguarded() -> Iterator[None]:
    triggers.remove(connection)
    yield
    triggers.install(connection)


@pytest.fixture
def tamper() -> Callable[..., None]:
    """Run SQL as somebody who first took the triggers away and put them back afterwards."""

    def run(sql: str, *params: Any) -> None:
        with _unguarded(), connection.cursor() as cursor:
            cursor.execute(sql, params)

    return run
