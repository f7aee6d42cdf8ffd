"""The chest pack on real weights: what it scores, what it refuses, and that it keeps its word."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pydicom
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import ml
from ml.engines.image import ImageModel
from ml.errors import DamagedPack, InvalidInput
from ml.outputs import ImageInput
from ml.packs import sha256_of

TOLERANCE = 0.03  # of a probability, between precisions and devices; docs/experiments.md
CHILD = {"modality": "DX", "body_part": "CHEST", "view": "PA", "age_years": 3.0}


@pytest.fixture(scope="module")
def chest(dicom_picture):
    """A real chest radiograph, though an adult's: in scope once a child's age is claimed for it."""
    return ImageInput(dicom_picture("RG1_UNCR.dcm"), **CHILD)


def test_answer_is_complete(chest_model, chest):
    (output,) = chest_model.predict([chest])
    assert output.scope.in_scope
    assert sum(output.scores.values()) == pytest.approx(1)
    assert output.label == max(output.scores, key=output.scores.get)
    assert set(output.scores) == set(output.words) == {"normal", "bacterial", "viral"}
    for code, (low, high) in output.intervals.items():
        assert 0 <= low <= output.scores[code] <= high <= 1


def test_a_batch_is_one_forward_pass_and_keeps_the_order(chest_model, chest, monkeypatch):
    calls = []
    forward = chest_model._forward
    monkeypatch.setattr(chest_model, "_forward", lambda p: calls.append(len(p)) or forward(p))
    mirrored = replace(chest, pixels=np.ascontiguousarray(chest.pixels[:, ::-1]))
    slice_of_mr = replace(chest, modality="MR")
    outputs = chest_model.predict([mirrored, slice_of_mr, chest])
    assert calls == [2]
    assert [output.scope.in_scope for output in outputs] == [True, False, True]
    alone = chest_model.predict([chest])[0]
    assert outputs[2].scores == pytest.approx(alone.scores, abs=TOLERANCE)
    assert outputs[0].scores != outputs[2].scores


def test_nothing_in_nothing_out(chest_model):
    assert chest_model.predict([]) == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("RG1_UNCR.dcm", "age-out-of-range"),
        ("RG3_UNCR.dcm", "not-a-chest"),
        ("MR2_UNCR.dcm", "not-a-chest"),
        ("693_UNCR.dcm", "not-a-chest"),
    ],
)
def test_picture_without_a_header_is_judged_by_its_pixels(chest_model, dicom_picture, file, code):
    (output,) = chest_model.predict([ImageInput(dicom_picture(file))])
    assert (output.scope.in_scope, output.scope.code) == (False, code)
    assert output.scores is None


def test_noise_text_and_turned_chests_are_refused(chest_model, chest):
    noise = np.random.default_rng(0).integers(0, 256, (300, 300)).astype(np.uint8)
    stripes = np.kron(np.indices((20, 20)).sum(axis=0) % 2, np.ones((16, 16))).astype(np.uint8) * 255
    pictures = [noise, stripes, 255 - chest.pixels, np.rot90(chest.pixels, 2)]
    outputs = chest_model.predict([replace(chest, pixels=pixels) for pixels in pictures])
    assert [output.scope.code for output in outputs] == ["not-a-chest"] * 4


def test_on_a_doctors_word_a_refused_picture_is_scored_and_stays_marked(chest_model, chest):
    adult = replace(chest, age_years=64.0)
    assert chest_model.predict([adult])[0].scores is None
    (output,) = chest_model.predict([adult], ignore_scope=True)
    assert set(output.scores) == {"normal", "bacterial", "viral"}
    assert (output.scope.in_scope, output.scope.code) == (False, "age-out-of-range")


def test_doubt_about_a_stated_age_is_noted(chest_model, chest):
    assert "looks-adult" in chest_model.predict([chest])[0].scope.detail["notes"]


def test_close_call_is_named_uncertain_and_keeps_its_scores(chest_model, chest, monkeypatch):
    thresholds = chest_model.pack.thresholds | {"certain": 1.01}
    monkeypatch.setattr(chest_model, "pack", replace(chest_model.pack, thresholds=thresholds))
    (output,) = chest_model.predict([chest])
    assert output.is_uncertain
    assert output.scope.in_scope
    assert output.label in output.scores


def test_what_is_no_image_is_an_error_of_the_caller(chest_model):
    with pytest.raises(InvalidInput):
        chest_model.predict(["a text"])


def test_single_and_half_precision_agree(chest_model, chest, monkeypatch):
    found = []
    for dtype in (torch.float32, torch.bfloat16):
        monkeypatch.setattr(chest_model, "dtype", dtype)
        found.append(chest_model.predict([chest])[0].scores)
    assert found[0] == pytest.approx(found[1], abs=TOLERANCE)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_cuda_agrees_with_the_cpu(chest_model, chest):
    on_cuda = ml.load("chest-xray", device="cuda").predict([chest])[0]
    assert on_cuda.scores == pytest.approx(chest_model.predict([chest])[0].scores, abs=TOLERANCE)


def test_weights_that_do_not_fit_are_refused(tmp_path, chest_model):
    folder = tmp_path / "chest-xray"
    shutil.copytree(chest_model.pack.folder, folder)
    state = load_file(folder / "head.safetensors")
    del state["head.bias"]
    save_file(state, folder / "head.safetensors")
    content = json.loads((folder / "pack.json").read_text(encoding="utf-8"))
    content["weights"]["sha256"] = sha256_of(folder / "head.safetensors")
    (folder / "pack.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DamagedPack, match=r"head\.bias"):
        ml.load(folder)


def test_children_are_let_through_and_scored_as_well_as_the_card_says(chest_model, children):
    """Every fifteenth test picture, without a header, as `score_batch` meets a folder of JPEGs."""
    rows = children("test", 15)
    outputs = batched(chest_model, [picture for _, picture in rows])
    refused = [output.scope.code for output in outputs if not output.scope.in_scope]
    right = [o.label == label for (label, _), o in zip(rows, outputs, strict=True) if o.label]
    assert len(rows) > 50
    assert len(refused) <= 0.03 * len(rows) + 1
    assert np.mean(right) > 0.72


def test_adults_without_a_stated_age_are_refused(chest_model, shared_data):
    files = sorted((shared_data / "chest-xray-nih-320" / "images").iterdir())[::40]
    outputs = batched(chest_model, [ImageInput(np.asarray(Image.open(file))) for file in files])
    assert len(files) > 15
    assert sum(not output.scope.in_scope for output in outputs) >= 0.85 * len(files)


def test_mr_slices_are_refused_without_their_header(chest_model, shared_data):
    files = sorted((shared_data / "dicom").glob("*/*"))[::6]
    slices = [pydicom.dcmread(file).pixel_array.astype(np.float32) for file in files]
    pictures = [ImageInput((x / max(float(x.max()), 1) * 255).astype(np.uint8)) for x in slices]
    outputs = batched(chest_model, pictures)
    assert len(files) > 5
    assert {output.scope.in_scope for output in outputs} == {False}


def batched(model: ImageModel, inputs: list[ImageInput]) -> list[ml.Output]:
    size = model.batch_size
    return [o for i in range(0, len(inputs), size) for o in model.predict(inputs[i : i + size])]
