import pytest

from medapp.registry.services import sync_packs


@pytest.fixture
def packs(db):
    """The repository's own packs, registered as at set-up."""
    sync_packs()
