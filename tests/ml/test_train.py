"""The fitting code finds the textbook's optimum, and the gate tells what it was shown."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from ml.calibrate import softmax
from ml.nets.embedding_gate import BLOCK
from ml.train.chest_xray import certain_cut
from ml.train.gate import fit_gate
from ml.train.linear import fit_linear


@pytest.fixture(scope="module")
def clouds():
    generator = np.random.default_rng(3)
    targets = generator.integers(0, 3, 300)
    return (generator.normal(0, 1, (300, 5)) + np.eye(3, 5)[targets] * 2) * 3 + 1, targets


def test_linear_fit_equals_scikit_learn(clouds):
    features, targets = clouds
    standard = (features - features.mean(axis=0)) / features.std(axis=0)
    peer = LogisticRegression(C=1 / (2 * 0.01 * len(targets)), tol=1e-8, max_iter=1000)
    expected = peer.fit(standard, targets).predict_proba(standard)
    found = softmax(fit_linear(features, targets, decay=0.01).logits(features))
    assert np.abs(found - expected).max() < 0.01


def test_sample_weights_act_like_repeated_samples(clouds):
    features, targets = clouds
    weights = np.where(np.arange(300) < 50, 2.0, 1.0)
    order = np.r_[np.arange(300), np.arange(50)]
    scale = features[order].std(axis=0), features[order].mean(axis=0)
    weighted = fit_linear((features - scale[1]) / scale[0], targets, decay=0.1, sample_weights=weights)
    repeated = fit_linear((features[order] - scale[1]) / scale[0], targets[order], decay=0.1)
    assert np.allclose(weighted.weight, repeated.weight, atol=0.03)


def test_gate_tells_far_from_near_and_adult_from_child():
    generator = np.random.default_rng(5)
    features = generator.normal(0, 1, (600, 2 * BLOCK)).astype(np.float32)
    is_adult = np.arange(600) >= 400
    is_collection = np.arange(600) >= 350
    features[is_adult, -1] += 4
    gate = fit_gate(features, is_adult, is_collection, rank=8, decay=0.01)
    near, far = torch.from_numpy(features[:50]), torch.from_numpy(features[:50] * 3)
    assert float(gate.distance(near).mean()) == pytest.approx(1, abs=0.2)
    assert gate.distance(far).min() > 1.5 * gate.distance(near).max()
    assert (gate.adult_logit(torch.from_numpy(features[is_adult])) > 0).float().mean() > 0.95
    assert (gate.adult_logit(torch.from_numpy(features[~is_adult])) < 0).float().mean() > 0.95


def test_certain_cut_is_the_lowest_that_keeps_answers_right_often_enough():
    top = np.linspace(0.4, 0.99, 100)
    probabilities = np.stack([top, 1 - top], axis=1)
    probabilities = np.sort(probabilities, axis=1)[:, ::-1]
    targets = np.where(probabilities[:, 0] < 0.7, 1, 0)
    cut = certain_cut(probabilities, targets)
    sure = probabilities[:, 0] >= cut
    assert (targets[sure] == 0).mean() >= 0.85
    assert (targets[probabilities[:, 0] >= cut - 0.02] == 0).mean() < 0.85
