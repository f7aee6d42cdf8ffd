"""The heat map reacts to the picture, to the label and to the weights, and points at what counts."""

import copy

import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter

from ml.explain.image import heat_map, log_odds
from ml.images import to_square, to_tensor
from ml.outputs import ImageInput


@pytest.fixture(scope="module")
def chest(dicom_picture):
    return ImageInput(dicom_picture("RG1_UNCR.dcm"))


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def test_map_has_the_shape_and_range_that_the_page_draws(chest_model, chest):
    found = chest_model.explain(chest, "bacterial")
    assert (found.shape, found.dtype) == ((224, 224), np.float32)
    assert found.min() >= 0
    assert 0.9 <= found.max() <= 1


def test_map_depends_on_the_label(chest_model, chest):
    bacterial, normal = (chest_model.explain(chest, label) for label in ("bacterial", "normal"))
    assert correlation(bacterial, normal) < 0.5


def test_map_follows_the_picture_when_it_is_mirrored(chest_model, chest):
    plain = chest_model.explain(chest, "bacterial")
    mirrored = chest_model.explain(ImageInput(np.ascontiguousarray(chest.pixels[:, ::-1])), "bacterial")
    assert correlation(mirrored[:, ::-1], plain) > 0.5
    assert correlation(mirrored[:, ::-1], plain) > correlation(mirrored, plain)


@pytest.mark.parametrize(
    ("part", "limit"), [("head", 0.7), ("backbone.blocks.8", 0.7), ("backbone.blocks.11", 0.95)]
)
def test_map_depends_on_the_weights(chest_model, chest, part, limit):
    """Adebayo et al. 2018: a map that survives random weights explains nothing. The last block is
    only one of four that the head reads, so less hangs on it."""
    batch = to_tensor([to_square(chest.pixels, 224)])
    net = copy.deepcopy(chest_model.net)
    torch.manual_seed(0)
    for parameter in net.get_submodule(part).parameters():
        parameter.copy_(parameter[torch.randperm(len(parameter))])
    assert correlation(heat_map(net, batch, 1), heat_map(chest_model.net, batch, 1)) < limit


def test_hiding_the_hot_part_costs_the_label_more_than_hiding_the_cold_part(chest_model, children):
    rows = [row for row in children("val", 40) if row[0] != "normal"][:5]
    drops = np.array([occlusion_drops(chest_model, picture) for _, picture in rows])
    hot, cold = drops[:, 0], drops[:, 1]
    assert len(drops) == 5
    assert (hot > cold).sum() >= 4
    assert hot.mean() > cold.mean() + 1


def occlusion_drops(model, picture) -> tuple[float, float]:
    """Fall of the label's log-odds when the hottest and the coldest sixth is blurred away."""
    grey = to_square(picture.pixels, 224)
    (output,) = model.predict([picture], ignore_scope=True)
    target = model.pack.label_codes.index(output.label)
    heat = uniform_filter(model.explain(picture, output.label), 14)
    blurred = uniform_filter(uniform_filter(grey.astype(np.float32), 41), 41)
    low, high = np.quantile(heat, [1 / 6, 5 / 6])
    versions = [np.where(mask, blurred, grey).astype(np.uint8) for mask in (heat > high, heat < low)]
    odds = log_odds(model._forward([grey, *versions])[0], target)
    return float(odds[0] - odds[1]), float(odds[0] - odds[2])
