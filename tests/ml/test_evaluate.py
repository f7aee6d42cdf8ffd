"""The figures in the cards are the textbook's: the same as scikit-learn's, on data with ties."""

import numpy as np
import pytest
from sklearn import metrics

from ml import evaluate


@pytest.fixture(scope="module")
def case():
    generator = np.random.default_rng(7)
    targets = generator.integers(0, 3, 400)
    scores = np.eye(3)[targets] + generator.normal(0, 1.2, (400, 3)).round(1)
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return targets, probabilities, generator.integers(0, 150, 400)


def test_counts_and_rates_equal_scikit_learn(case):
    targets, probabilities, _ = case
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(targets, predicted)
    assert evaluate.accuracy(targets, probabilities) == metrics.accuracy_score(targets, predicted)
    assert np.allclose(evaluate.recall_by_class(targets, probabilities), recall)
    assert np.allclose(evaluate.precision_by_class(targets, probabilities), precision)
    assert np.allclose(evaluate.f1_by_class(targets, probabilities), f1)
    assert (evaluate.confusion(targets, predicted, 3) == metrics.confusion_matrix(targets, predicted)).all()


def test_auroc_with_ties_equals_scikit_learn(case):
    targets, probabilities, _ = case
    rounded = probabilities.round(1)
    for label in range(3):
        expected = metrics.roc_auc_score(targets == label, rounded[:, label])
        assert evaluate.auroc(targets == label, rounded[:, label]) == pytest.approx(expected)
    expected = metrics.roc_auc_score(targets, probabilities, multi_class="ovr")
    assert evaluate.macro_auroc(targets, probabilities) == pytest.approx(expected)


def test_auroc_of_one_class_is_not_a_number():
    assert np.isnan(evaluate.auroc(np.ones(5), np.arange(5)))


def test_brier_equals_scikit_learn(case):
    targets, probabilities, _ = case
    expected = metrics.brier_score_loss(targets, probabilities, scale_by_half=False)
    assert evaluate.brier(targets, probabilities) == pytest.approx(expected)


def test_ece_is_the_gap_between_confidence_and_truth():
    probabilities = np.tile([0.9, 0.1], (100, 1))
    targets = np.array([0] * 70 + [1] * 30)
    assert evaluate.ece(targets, probabilities, bins=1) == pytest.approx(0.2)


def test_bootstrap_draws_patients_not_pictures():
    """Twenty pictures of one patient are one observation: the interval must be wide."""
    targets = np.zeros(200, int)
    probabilities = np.tile([0.9, 0.1], (200, 1))
    probabilities[:100] = [0.1, 0.9]
    few = evaluate.bootstrap(evaluate.accuracy, targets, probabilities, np.arange(200) // 20)
    many = evaluate.bootstrap(evaluate.accuracy, targets, probabilities, np.arange(200))
    assert few[1] - few[0] > 3 * (many[1] - many[0])


def test_bootstrap_is_reproducible_and_holds_the_value(case):
    targets, probabilities, groups = case
    first = evaluate.bootstrap(evaluate.macro_f1, targets, probabilities, groups, rounds=200)
    assert first == evaluate.bootstrap(evaluate.macro_f1, targets, probabilities, groups, rounds=200)
    assert first[0] < evaluate.macro_f1(targets, probabilities) < first[1]


def test_report_has_an_interval_beside_each_figure(case):
    targets, probabilities, groups = case
    report = evaluate.report(targets, probabilities, groups, ["a", "b", "c"], rounds=50)
    assert report["n"] == 400
    for figure in (report["accuracy"], report["ece"], report["recall"]["b"], report["auroc"]["c"]):
        assert figure["low"] < figure["high"]
        assert figure["low"] - 0.02 <= figure["value"] <= figure["high"] + 0.02
