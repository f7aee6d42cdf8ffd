import pytest

from tests.registry.packs import write_pack


@pytest.fixture
def packs(settings, tmp_path, monkeypatch):
    """``packs(name, **changes)`` writes a pack into the folder that the registry reads."""
    settings.PACKS_DIR = tmp_path / "packs"
    monkeypatch.setenv("MEDAPP_MODELS_DIR", str(tmp_path / "models"))

    def write(name="tiny", **changes):
        return write_pack(settings.PACKS_DIR, name, **changes)

    return write
