"""A pack is what it says or it does not open."""

import json
import shutil
from pathlib import Path

import pytest

from ml import packs
from ml.errors import DamagedPack, MissingBackbone, UnknownPack
from ml.paths import ROOT

TEXT = {"zh": "文", "en": "text"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """packs/tiny with weights of eight bytes, and var/models/spine that it builds on."""
    monkeypatch.setenv("MEDAPP_PACKS_DIR", str(tmp_path / "packs"))
    monkeypatch.setenv("MEDAPP_MODELS_DIR", str(tmp_path / "models"))
    pack, spine = tmp_path / "packs" / "tiny", tmp_path / "models" / "spine"
    for place, file in ((pack, "head.safetensors"), (spine, packs.WEIGHTS)):
        place.mkdir(parents=True)
        (place / file).write_bytes(b"\x01" * 8)
    digest = packs.sha256_of(spine / packs.WEIGHTS)
    (spine / packs.MANIFEST).write_text(json.dumps({"files": {packs.WEIGHTS: digest}}))
    write(
        pack,
        weights={"file": "head.safetensors", "sha256": digest},
        backbone={"name": "spine", "digest": digest},
    )
    return pack


def write(folder: Path, **changes) -> None:
    content = {
        "format": 1,
        "name": "tiny",
        "version": "1.0.0",
        "task": "image-classification",
        "title": TEXT,
        "intended_use": TEXT,
        "not_for": TEXT,
        "scope": {},
        "labels": [{"code": "a", "name": TEXT}, {"code": "b", "name": TEXT}],
        "licence": "MIT",
    }
    (folder / "pack.json").write_text(json.dumps(content | changes))


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def test_pack_is_read_by_name_and_by_path(folder):
    assert packs.read_pack("tiny") == packs.read_pack(folder)
    assert packs.read_pack("tiny").label_codes == ("a", "b")
    assert packs.known_packs() == ["tiny"]


def test_untouched_pack_passes(folder):
    pack = packs.read_pack("tiny")
    packs.verify_weights(pack)
    assert packs.verify_backbone(pack.backbone).name == "spine"


@pytest.mark.parametrize("name", ["../tiny", "tiny/../tiny", "/etc", "", ".", "..", "TINY", "other", "a\0b"])
def test_unknown_name_lists_the_known_ones_and_never_becomes_a_path(folder, name):
    with pytest.raises(UnknownPack) as refusal:
        packs.read_pack(name)
    assert refusal.value.known == ["tiny"]


def test_one_changed_bit_in_the_weights_names_the_file(folder):
    flip_a_bit(folder / "head.safetensors")
    with pytest.raises(DamagedPack, match="head.safetensors"):
        packs.verify_weights(packs.read_pack("tiny"))


def test_one_changed_bit_in_the_backbone_names_the_file(folder):
    flip_a_bit(packs.models_dir() / "spine" / packs.WEIGHTS)
    with pytest.raises(DamagedPack, match=packs.WEIGHTS):
        packs.verify_backbone(packs.read_pack("tiny").backbone)


def test_other_backbone_than_the_pack_was_trained_on_is_refused(folder):
    with pytest.raises(DamagedPack):
        packs.verify_backbone(packs.Backbone("spine", "0" * 64))


def test_backbone_that_was_never_assembled_says_how_to_get_it(folder):
    shutil.rmtree(packs.models_dir())
    with pytest.raises(MissingBackbone, match="python -m ml.assemble --only spine"):
        packs.verify_backbone(packs.read_pack("tiny").backbone)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"name": "../x"},
        {"labels": []},
        {"labels": [{"code": "a", "name": TEXT}] * 2},
        {"title": {"en": "no Chinese"}},
        {"weights": {"file": "../../etc/passwd", "sha256": "0" * 64}},
        {"weights": {"file": "head.pkl", "sha256": "0" * 64}},
        {"backbone": {"name": "../spine", "digest": "0" * 64}},
        {"backbone": "spine"},
    ],
)
def test_malformed_pack_json_is_named_as_damaged(folder, change):
    write(folder, **change)
    with pytest.raises(DamagedPack, match=r"pack\.json"):
        packs.read_pack("tiny")


def test_pack_json_cut_short_is_named_as_damaged(folder):
    content = (folder / "pack.json").read_bytes()
    (folder / "pack.json").write_bytes(content[:40])
    with pytest.raises(DamagedPack, match=r"pack\.json"):
        packs.read_pack("tiny")


@pytest.mark.parametrize("name", sorted(path.parent.name for path in (ROOT / "packs").glob("*/pack.json")))
def test_shipped_pack_is_whole_and_has_cards_in_both_languages(name):
    pack = packs.read_pack(name)
    packs.verify_weights(pack)
    assert pack.name == name
    assert pack.card("en").startswith("#")
    assert pack.card("zh-hans").startswith("#")
    assert pack.card("en") != pack.card("zh-hans")
