"""Real weights for the model tests: assembled once into var/models, seconds when there already."""

import csv
import os
from importlib import util
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

import ml
from ml.assemble import assemble
from ml.outputs import ImageInput
from ml.paths import ROOT

# Tests run beside each other: threads that wait for one another on busy cores take ten times as long.
os.environ.setdefault("MEDAPP_TORCH_THREADS", "1")

PYDICOM_DATA = Path(util.find_spec("data_store").origin).parent / "data"


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


@pytest.fixture(scope="session")
def dicom_picture():
    """Pixels of a file of pydicom-data as a viewer would present them."""

    def read(name: str) -> np.ndarray:
        dataset = pydicom.dcmread(PYDICOM_DATA / name)
        values = dataset.pixel_array.astype(np.float32)
        low, high = np.percentile(values, [0.5, 99.5])
        grey = (np.clip((values - low) / (high - low), 0, 1) * 255).astype(np.uint8)
        return 255 - grey if dataset.PhotometricInterpretation == "MONOCHROME1" else grey

    return read


@pytest.fixture(scope="session")
def children(shared_data):
    """Rows of the children's data set with their picture: children(split, step) every step-th."""
    folder = shared_data / "chest-xray-kermany-224"

    def read(split: str, step: int) -> list[tuple[str, ImageInput]]:
        with (folder / "labels.csv").open(encoding="utf-8") as stream:
            rows = [row for row in csv.DictReader(stream) if row["split"] == split][::step]
        files = [folder / "images" / row["file"] for row in rows]
        pictures = [ImageInput(np.asarray(Image.open(file).convert("L"))) for file in files]
        return list(zip((row["label"] for row in rows), pictures, strict=True))

    return read
