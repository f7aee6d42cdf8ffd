import numpy as np
import pytest

from ml.errors import InvalidInput
from ml.images import MEAN, STD, to_grey, to_square, to_tensor


def test_colour_becomes_grey_by_luma():
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[..., 1] = 255
    assert to_grey(pixels)[0, 0] == 150


def test_one_channel_is_grey_already():
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
    assert (to_grey(pixels) == pixels[:, :, 0]).all()


@pytest.mark.parametrize("pixels", [np.zeros((2, 2, 4), np.uint8), np.zeros((2, 2), np.uint16)])
def test_other_layouts_are_refused(pixels):
    with pytest.raises(InvalidInput):
        to_grey(pixels)


def test_shrinking_averages_fine_patterns_away():
    checkerboard = (np.indices((2000, 1800)).sum(axis=0) % 2 * 255).astype(np.uint8)
    square = to_square(checkerboard, 224)
    assert square.shape == (224, 224)
    assert np.abs(square.astype(int) - 127).max() <= 12


def test_picture_of_the_right_size_is_left_alone():
    grey = np.random.default_rng(0).integers(0, 256, (224, 224)).astype(np.uint8)
    assert to_square(grey, 224) is grey


def test_tensor_is_normalised_per_channel():
    batch = to_tensor([np.full((14, 14), 255, np.uint8), np.zeros((14, 14), np.uint8)])
    assert batch.shape == (2, 3, 14, 14)
    for channel in range(3):
        assert float(batch[0, channel, 0, 0]) == pytest.approx((1 - MEAN[channel]) / STD[channel])
        assert float(batch[1, channel, 0, 0]) == pytest.approx(-MEAN[channel] / STD[channel])
