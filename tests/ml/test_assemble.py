import json

import pytest
from safetensors import safe_open

from ml import assemble
from ml.assemble.__main__ import main
from ml.errors import MissingSource, UnknownBackbone
from ml.packs import MANIFEST, WEIGHTS


class CountingBuilder(assemble.Builder):
    """Writes eight bytes and counts how often it was asked to."""

    calls: list[str] = []

    def build(self, target, say):
        self.calls.append(target.name)
        (target / WEIGHTS).write_bytes(b"\x02" * 8)


class FailingBuilder(assemble.Builder):
    def build(self, target, say):
        (target / WEIGHTS).write_bytes(b"half")
        raise MissingSource("nowhere", "weights.bin")


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDAPP_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr(CountingBuilder, "calls", [])
    builders = {
        "good": CountingBuilder("good", "-", "test"),
        "bad": FailingBuilder("bad", "-", "test"),
    }
    monkeypatch.setattr(assemble, "BUILDERS", builders)
    return tmp_path


def test_second_run_makes_nothing_again(models):
    assemble.assemble("good", lambda line: None)
    assemble.assemble("good", lambda line: None)
    assert len(CountingBuilder.calls) == 1
    assert WEIGHTS in json.loads((models / "good" / MANIFEST).read_text())["files"]


def test_damaged_backbone_is_made_again(models):
    folder = assemble.assemble("good", lambda line: None)
    (folder / WEIGHTS).write_bytes(b"\x02" * 7 + b"\x03")
    assemble.assemble("good", lambda line: None)
    assert (folder / WEIGHTS).read_bytes() == b"\x02" * 8


def test_newer_builder_makes_it_again(models, monkeypatch):
    assemble.assemble("good", lambda line: None)
    newer = {"good": CountingBuilder("good", "-", "test", version="2")}
    monkeypatch.setattr(assemble, "BUILDERS", newer)
    assemble.assemble("good", lambda line: None)
    assert len(CountingBuilder.calls) == 2


def test_failed_build_leaves_nothing_behind(models):
    with pytest.raises(MissingSource):
        assemble.assemble("bad", lambda line: None)
    assert [path.name for path in models.iterdir() if path.is_dir()] == []


def test_unknown_backbone_lists_the_known_ones(models):
    with pytest.raises(UnknownBackbone, match="bad, good"):
        assemble.assemble("../good", lambda line: None)


def test_command_reports_progress_and_failure(models, capsys, monkeypatch):
    monkeypatch.setattr("ml.assemble.__main__.BUILDERS", assemble.BUILDERS)
    assert main(["--only", "good"]) == 0
    assert "[1/1] good" in capsys.readouterr().out
    assert main(["--only", "bad"]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert main(["--list"]) == 0
    assert "good\tready" in capsys.readouterr().out


def test_dinov2_holds_the_published_layout(dinov2_folder):
    with safe_open(dinov2_folder / WEIGHTS, "np") as weights:
        assert len(weights.keys()) == 174
        assert weights.get_slice("pos_embed").get_shape() == [1, 1370, 384]
        assert weights.get_slice("blocks.11.attn.qkv.weight").get_dtype() == "F16"
