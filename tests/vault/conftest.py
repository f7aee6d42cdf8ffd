import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.vault.secret import Secret


def key(letter: str) -> str:
    return f"{letter}:" + base64.b64encode(letter.encode() * 32).decode()


@pytest.fixture
def ring(settings: Any) -> Callable[[str], None]:
    """Set the key ring by its letters, the current key first: ``ring("ba")``."""

    def turn(letters: str) -> None:
        settings.VAULT_KEYS = ",".join(key(letter) for letter in letters)

    turn("a")
    return turn


@pytest.fixture(autouse=True)
def blob_dir(settings: Any, tmp_path: Path) -> Path:
    settings.BLOB_DIR = tmp_path / "blobs"
    return settings.BLOB_DIR


@pytest.fixture(scope="session")
def secret_table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Secret)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Secret)


@pytest.fixture
def secrets(secret_table: None, db: None, ring: Callable[[str], None]) -> type[Secret]:
    return Secret
