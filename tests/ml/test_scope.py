"""The gate before the network: headers and bare pixels."""

import numpy as np
import pytest

from ml import scope
from ml.errors import InvalidInput

CHEST = {
    "modalities": ["CR", "DX"],
    "body_parts": ["CHEST", "THORAX"],
    "views": ["PA", "AP"],
    "refused_views": ["LL", "LATERAL"],
    "min_age": 0,
    "max_age": 17,
    "trained_ages": [1, 5],
}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"modality": "MR"}, "wrong-modality"),
        ({"modality": "ct"}, "wrong-modality"),
        ({"modality": "CR", "body_part": "EXTREMITY"}, "wrong-body-part"),
        ({"view": "LATERAL"}, "wrong-view"),
        ({"age_years": 18.0}, "age-out-of-range"),
        ({"age_years": 64.0}, "age-out-of-range"),
    ],
)
def test_header_outside_the_scope_is_refused_by_name(picture, header, code):
    verdict = scope.refusal(picture(**header), CHEST)
    assert (verdict.in_scope, verdict.code) == (False, code)


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"modality": " dx "},
        {"body_part": "CHEST PA"},
        {"view": "PA"},
        {"age_years": 17.9},
        {"modality": ""},
    ],
)
def test_header_inside_the_scope_or_silent_is_let_through(picture, header):
    assert scope.refusal(picture(**header), CHEST) is None


def test_what_the_header_does_not_say_is_noted(picture):
    assert "age-unknown" in scope.notes(picture(modality="CR"), CHEST)
    assert "modality-unknown" not in scope.notes(picture(modality="CR"), CHEST)
    full = picture(modality="CR", body_part="CHEST", view="PA", age_years=3.0)
    assert scope.notes(full, CHEST) == []


def test_age_in_scope_that_training_did_not_cover_is_noted(picture):
    assert "age-outside-training" in scope.notes(picture(age_years=12.0), CHEST)
    assert "age-outside-training" not in scope.notes(picture(age_years=5.9), CHEST)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_picture_is_refused(picture, level):
    blank = np.full((300, 300), level, np.uint8)
    assert scope.refusal(picture(blank), CHEST).code == "blank-image"


def test_colour_photograph_is_refused_and_a_grey_picture_in_three_channels_is_not(picture):
    photo = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    assert scope.refusal(picture(photo), CHEST).code == "not-a-radiograph"
    grey = np.repeat(picture().pixels[:, :, None], 3, axis=2)
    assert scope.refusal(picture(grey), CHEST) is None


def test_small_coloured_mark_is_allowed(picture):
    marked = np.repeat(picture().pixels[:, :, None], 3, axis=2).copy()
    marked[:20, :20] = (255, 0, 0)
    assert scope.refusal(picture(marked), CHEST) is None


def test_thumbnail_is_refused(picture):
    assert scope.refusal(picture(picture().pixels[:32, :32]), CHEST).code == "not-a-radiograph"


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 4)), np.zeros((2, 3, 4, 5), np.uint8), np.zeros((0, 9), np.uint8)]
)
def test_what_is_no_picture_is_an_error_of_the_caller(picture, pixels):
    with pytest.raises(InvalidInput):
        scope.refusal(picture(pixels), CHEST)
