import numpy as np
import pytest

from ml.calibrate import (
    FrequencyBins,
    TemperatureCalibrator,
    negative_log_likelihood,
    softmax,
    wilson,
    word_for,
)
from ml.evaluate import ece


@pytest.fixture(scope="module")
def overconfident():
    """Logits three times too large for the labels drawn from them."""
    generator = np.random.default_rng(1)
    honest = generator.normal(0, 1.5, (4000, 3))
    targets = np.array([generator.choice(3, p=row) for row in softmax(honest)])
    return honest * 3, targets


def test_temperature_finds_the_factor_by_which_logits_are_too_large(overconfident):
    logits, targets = overconfident
    assert TemperatureCalibrator.fit(logits, targets).temperature == pytest.approx(3, rel=0.08)


def test_calibration_lowers_loss_and_error_and_keeps_the_ranking(overconfident):
    logits, targets = overconfident
    calibrator = TemperatureCalibrator.fit(logits, targets)
    after = calibrator.apply(logits)
    assert negative_log_likelihood(logits / calibrator.temperature, targets) < (
        negative_log_likelihood(logits, targets)
    )
    assert ece(targets, after) < 0.03 < ece(targets, softmax(logits))
    assert (after.argmax(axis=1) == logits.argmax(axis=1)).all()


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_interval_equals_published_values(hits, total, low, high):
    assert wilson(hits, total) == pytest.approx((low, high), abs=1e-4)


def test_frequency_bins_tell_what_became_of_similar_cases():
    probabilities = np.array([0.1] * 50 + [0.8] * 50)
    has_label = np.array([0] * 45 + [1] * 5 + [1] * 40 + [0] * 10)
    bins = FrequencyBins.fit(probabilities, has_label, bins=2)
    assert bins.interval(0.2) == pytest.approx((*wilson(5, 50)[:1], max(0.2, wilson(5, 50)[1])))
    assert bins.interval(0.8) == pytest.approx(wilson(40, 50))
    assert FrequencyBins.from_json(bins.to_json()) == bins


def test_interval_always_holds_the_probability_itself():
    bins = FrequencyBins(upper=(0.5, 1.0), hits=(0, 60), total=(60, 60))
    for probability in np.linspace(0, 1, 21):
        low, high = bins.interval(float(probability))
        assert low <= probability <= high


def test_words_follow_the_cuts_of_the_pack():
    words = [word_for(p, likely=0.8, unlikely=0.1) for p in (0.05, 0.1, 0.5, 0.8)]
    assert words == ["unlikely", "unlikely", "possible", "likely"]
