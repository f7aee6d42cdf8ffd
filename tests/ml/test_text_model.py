"""The pack zh-department with its real weights."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import ml
from ml import packs
from ml.assemble import assemble
from ml.errors import DamagedPack, InvalidInput
from ml.train.zh_department import COMMON, read_questions

PROBES = json.loads(Path("ml/train/zh_department_probes.json").read_text("utf-8"))
NOTE = "患者男，62岁，高血压病史10年，近1周活动后胸闷、气短，血压165/95mmHg。"


@pytest.fixture(scope="module")
def model():
    assemble("multilingual-e5-small", lambda line: None)
    return ml.load("zh-department", device="cpu")


def changed_pack(folder: Path, change) -> Path:
    """A copy of the pack whose heads went through `change`, with digests that fit."""
    source = packs.find_pack("zh-department")
    save_file(change(load_file(source / "heads.safetensors")), folder / "heads.safetensors")
    raw = json.loads((source / "pack.json").read_text("utf-8"))
    raw["weights"]["sha256"] = packs.sha256_of(folder / "heads.safetensors")
    (folder / "pack.json").write_text(json.dumps(raw), "utf-8")
    return folder


def test_a_note_gets_a_department_with_probabilities_and_intervals(model):
    (output,) = model.predict([NOTE])
    assert output.label == "cardiology"
    assert set(output.scores) == set(model.pack.label_codes)
    assert sum(output.scores.values()) == pytest.approx(1)
    assert all(low <= output.scores[code] <= high for code, (low, high) in output.intervals.items())
    assert output.words["cardiology"] == "likely"


def test_order_and_answers_do_not_depend_on_the_batch(model):
    inputs = ["脂肪肝怎么治疗？", "", NOTE, "癫痫发作，四肢抽搐。", "今天天气真好，我们去公园散步吧。"]
    together = model.predict(inputs)
    assert [output.label for output in together] == ["hepatology", None, "cardiology", "neurology", None]
    alone = model.predict([NOTE])[0]
    assert np.allclose(together[2].logits, alone.logits, atol=0.15)  # bf16 rounds by batch shape


def test_everyday_sentences_are_refused_and_medical_ones_are_not(model):
    everyday = model.predict(PROBES["everyday_test"])
    medical = model.predict([text for _, text in PROBES["english_test"] + PROBES["note_test"]])
    assert sum(output.scope.code == "not-medical" for output in everyday) >= 0.9 * len(everyday)
    assert sum(output.scope.in_scope for output in medical) >= 0.9 * len(medical)


@pytest.mark.parametrize("name", ["english_test", "note_test"])
def test_other_ways_of_writing_are_understood(model, name):
    codes, sentences = zip(*PROBES[name], strict=True)
    labels = [output.label for output in model.predict(list(sentences), ignore_scope=True)]
    right = sum(label == code for label, code in zip(labels, codes, strict=True))
    assert right == model.pack.metrics["own_sentences"][name]["right"]


def test_ignoring_the_scope_scores_and_still_tells(model):
    text = "今天天气真好，我们去公园散步吧。"
    assert model.predict([text])[0].scores is None
    (output,) = model.predict([text], ignore_scope=True)
    assert output.scores is not None
    assert output.scope.code == "not-medical"
    assert not output.scope.in_scope


def test_a_long_text_is_read_to_a_stated_point(model):
    long_note = "\n".join(text for _, text in PROBES["note_test"])
    (output,) = model.predict([long_note])
    assert output.scores is not None
    assert output.scope.detail["notes"] == ["truncated"]
    assert 500 < output.scope.detail["read_characters"] < len(long_note)
    assert "notes" not in model.predict([NOTE + "  \n "])[0].scope.detail


def test_a_close_call_is_uncertain_but_scored(model):
    cut = model.pack.thresholds["uncertain_below"]
    outputs = model.predict(
        ["体检发现病毒性肝炎，会传染吗", "胃痛", "发热", "不舒服，全身乏力"], ignore_scope=True
    )
    for output in outputs:
        assert output.is_uncertain == (output.scope.in_scope and output.scores[output.label] < cut)


def test_inputs_that_are_no_texts_are_the_callers_mistake(model):
    with pytest.raises(InvalidInput):
        model.predict([3])
    with pytest.raises(InvalidInput):
        model.explain(NOTE, "no-such-label")


def test_weights_that_do_not_fit_the_labels_are_damage(tmp_path, model):
    pack = changed_pack(tmp_path, lambda heads: heads | {"head.bias": torch.zeros(3)})
    with pytest.raises(DamagedPack):
        ml.load(pack, device="cpu")


def test_a_changed_bit_in_the_weights_is_damage(tmp_path, model):
    pack = changed_pack(tmp_path, dict)
    content = bytearray((pack / "heads.safetensors").read_bytes())
    content[-1] ^= 1
    (pack / "heads.safetensors").write_bytes(content)
    with pytest.raises(DamagedPack):
        ml.load(pack, device="cpu")


def test_the_pack_does_on_real_questions_what_its_card_says(model, shared_data):
    test = read_questions(shared_data / "zh-department" / "questions.csv")["test"]
    some = slice(0, None, 12)
    outputs = model.predict(test.whole[some], ignore_scope=True)
    targets = [model.pack.label_codes[place] for place in test.targets[some]]
    hits = np.mean([output.label == code for output, code in zip(outputs, targets, strict=True)])
    assert len(targets) > COMMON
    assert hits == pytest.approx(model.pack.metrics["test"]["accuracy"]["value"], abs=0.05)


def test_half_precision_answers_like_full_precision(model, monkeypatch):
    sentences = [text for _, text in PROBES["note_test"]]
    monkeypatch.setenv("MEDAPP_PRECISION", "fp32")
    full = ml.load("zh-department", device="cpu").predict(sentences)
    monkeypatch.setenv("MEDAPP_PRECISION", "bf16")
    half = ml.load("zh-department", device="cpu").predict(sentences)
    assert [output.label for output in full] == [output.label for output in half]
    gaps = [abs(a.scores[c] - b.scores[c]) for a, b in zip(full, half, strict=True) for c in a.scores]
    assert max(gaps) < 0.05
