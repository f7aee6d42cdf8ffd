"""Tests that commit empty the tables afterwards, which the triggers of the audit trail rightly refuse."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations

from medapp.audit import triggers


@pytest.fixture(scope="session", autouse=True)
def audit_can_be_flushed() -> Iterator[None]:
    """Take the triggers away for the length of a flush."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: Any, sql_list: list[str]) -> Any:
        is_guarded = not triggers.missing(self.connection)
        triggers.remove(self.connection)
        try:
            return flush(self, sql_list)
        finally:
            if is_guarded:
                triggers.install(self.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield
