"""What every test stands on."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from tests.append_only import audit_can_be_flushed

__all__ = ["audit_can_be_flushed"]

TESTS = Path(__file__).parent
# The folder tells what a test needs, so that no test can forget its mark.
MARK_OF_FOLDER = {"browser": "browser", "faults": "faults"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright keeps an event loop in its thread, which no later test could share: the browser comes last.
    items.sort(key=lambda item: item.path.is_relative_to(TESTS / "browser"))
    has_browser = any(shutil.which(name) for name in BROWSERS)
    has_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    for item in items:
        mark = MARK_OF_FOLDER.get(item.path.relative_to(TESTS).parts[0])
        if mark:
            item.add_marker(mark)
        if item.get_closest_marker("browser") and not has_browser:
            item.add_marker(pytest.mark.skip(reason="no Chromium here; make setup installs it as root"))
        if item.get_closest_marker("hospital") and not has_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL and Redis: make test-hospital"))


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """A request leaves its reader's language with the thread; the next test must not inherit it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
