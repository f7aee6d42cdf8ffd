"""Word attributions must react to the weights and to the text, or they explain nothing."""

import random

import numpy as np
import pytest
import torch

import ml
from ml.assemble import assemble
from ml.explain.text import split_words

CASES = [
    ("cardiology", "患者男，62岁，高血压病史10年，近1周活动后胸闷、气短，血压165/95mmHg。"),
    ("neurology", "昨天夜里孩子突然癫痫发作，全身抽搐，口吐白沫，请问应该怎么办？"),
    ("gastroenterology", "最近吃完饭总是胃痛，做胃镜说是慢性胃炎，平时需要注意什么？"),
    ("hepatology", "Ultrasound last week shows fatty liver and my ALT is raised. What should I do?"),
]


@pytest.fixture(scope="module")
def model():
    assemble("multilingual-e5-small", lambda line: None)
    return ml.load("zh-department", device="cpu")


def margin(model, text: str, label: str) -> float:
    (output,) = model.predict([text], ignore_scope=True)
    return output.logits[model.pack.label_codes.index(label)] - float(np.mean(output.logits))


def without(text: str, words) -> str:
    for word in sorted(words, key=lambda word: -word.start):
        text = text[: word.start] + text[word.end :]
    return text


def test_offsets_point_at_the_words_in_order(model):
    text = "  血压 165/95mmHg，HbA1c 升高，patient's　胸闷"
    words = model.explain(text, "cardiology")
    assert [text[word.start : word.end] for word in words] == [word.text for word in words]
    assert [word.text for word in words] == ["血压", "165", "95mmHg", "HbA1c", "升高", "patient's", "胸闷"]
    assert max(abs(word.weight) for word in words) == pytest.approx(1)


def test_words_are_split_where_scripts_meet():
    text = "近1周胸闷CT检查"
    assert [text[start:end] for start, end in split_words(text)] == ["近", "1", "周", "胸闷", "CT", "检查"]


def test_removing_the_top_words_hurts_more_than_removing_random_ones(model):
    generator = random.Random(0)
    best, others = [], []
    for label, text in CASES:
        words = model.explain(text, label)
        count = max(2, len(words) // 5)
        top = sorted(words, key=lambda word: -word.weight)[:count]
        best.append(margin(model, without(text, top), label))
        others += [margin(model, without(text, generator.sample(words, count)), label) for _ in range(3)]
    assert np.mean(best) < np.mean(others) - 1  # in logits


def test_other_weights_give_other_explanations(model):
    label, text = CASES[0]
    before = [word.weight for word in model.explain(text, label)]
    head = model._net.head.weight
    kept = head.detach().clone()
    with torch.no_grad():
        head.copy_(torch.randn(head.shape, generator=torch.Generator().manual_seed(0)) * kept.std())
    after = [word.weight for word in model.explain(text, label)]
    with torch.no_grad():
        head.copy_(kept)
    assert abs(np.corrcoef(before, after)[0, 1]) < 0.7


def test_another_label_gives_another_explanation(model):
    _, text = CASES[0]
    heart = [word.weight for word in model.explain(text, "cardiology")]
    liver = [word.weight for word in model.explain(text, "hepatology")]
    assert not np.allclose(heart, liver, atol=0.1)


def test_a_text_without_words_has_no_explanation(model):
    assert model.explain("。。。", "cardiology") == []
