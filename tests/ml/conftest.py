"""Real weights for the model tests: assembled once into var/models, seconds when there already."""

import os
from pathlib import Path

import numpy as np
import pytest

import ml
from ml.assemble import assemble
from ml.outputs import ImageInput
from ml.paths import ROOT


@pytest.fixture(scope="session")
def dinov2_folder() -> Path:
    return assemble("dinov2-vits14", lambda line: None)


@pytest.fixture(scope="session")
def chest_model(dinov2_folder):
    return ml.load("chest-xray", device="cpu")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the public data sets, which are not part of the repository."""
    folder = Path(os.environ.get("MEDAPP_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "chest-xray-kermany-224").is_dir():
        pytest.skip("needs the public data sets: set MEDAPP_SHARED_DATA to their folder")
    return folder


@pytest.fixture
def picture():
    """An ImageInput with a grey gradient and whatever the header is to say."""

    def make(pixels=None, **header) -> ImageInput:
        grey = np.tile(np.linspace(0, 255, 256).astype(np.uint8), (256, 1))
        return ImageInput(pixels=grey if pixels is None else pixels, **header)

    return make
