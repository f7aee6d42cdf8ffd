"""Backbone features of a labelled folder of pictures, computed once and kept under `var/`."""

import csv
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ml.devices import autocast, precision_for
from ml.images import to_grey, to_square, to_tensor
from ml.nets.vit_classifier import VitClassifier

BATCH_SIZE = 16
BORDER, CORNER = (12, 31), (36, 65)  # pixels of 224, drawn anew for each picture
Floats = NDArray[np.float32]
Square = NDArray[np.uint8]
View = Callable[[int], Square]


@dataclass(frozen=True)
class Table:
    """labels.csv of a data set; every column as strings, in file order."""

    folder: Path
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, folder: Path) -> "Table":
        with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
            return cls(folder, list(csv.DictReader(stream)))

    def column(self, name: str) -> NDArray[Any]:
        return np.array([row[name] for row in self.rows])

    def files(self) -> list[Path]:
        return [self.folder / "images" / row["file"] for row in self.rows]

    def manifest_sha256(self) -> str:
        """Digest over the table and the content of every picture it names."""
        total = hashlib.sha256((self.folder / "labels.csv").read_bytes())
        for file in self.files():
            total.update(hashlib.sha256(file.read_bytes()).digest())
        return total.hexdigest()


def plain(files: Sequence[Path], size: int) -> View:
    return lambda index: read_square(files[index], size)


def mirrored(files: Sequence[Path], size: int) -> View:
    return lambda index: np.ascontiguousarray(read_square(files[index], size)[:, ::-1])


def framed(files: Sequence[Path], donors: Sequence[Path], size: int, seed: int) -> View:
    """Each picture, half of them mirrored, with the border and corners of some other picture.

    Lettering, tubes and collimation sit there and go with the diagnosis by accident only."""
    generator = np.random.default_rng(seed)
    plan = [
        [int(generator.integers(*limits)) for limits in ((0, len(donors)), BORDER, CORNER, (0, 2))]
        for _ in files
    ]

    def view(index: int) -> Square:
        donor, border, corner, flip = plan[index]
        square = read_square(files[index], size)[:, :: -1 if flip else 1]
        mask = frame_mask(size, border, corner)
        return np.where(mask, read_square(donors[donor], size), square)

    return view


def frame_mask(size: int, border: int, corner: int) -> NDArray[np.bool_]:
    """(size, size), true within `border` pixels of an edge or `corner` pixels of both."""
    line = np.minimum(np.arange(size), np.arange(size)[::-1])
    nearest, farthest = np.minimum.outer(line, line), np.maximum.outer(line, line)
    return np.asarray((nearest < border) | (farthest < corner))


def read_square(file: Path, size: int) -> Square:
    with Image.open(file) as picture:
        return to_square(to_grey(np.asarray(picture.convert("L"))), size)


def cached_features(
    net: VitClassifier, view: View, count: int, cache: Path, *, say: Callable[[str], None] = print
) -> Floats:
    """(count, d) features, from `cache` (an .npy file) when it holds that many rows.

    Computed in the precision in which the engine runs on this machine, kept as float16."""
    if cache.exists():
        stored = np.load(cache)
        if len(stored) == count:
            return np.asarray(stored, np.float32)
    device = torch.device("cpu")
    rows = []
    for start in range(0, count, BATCH_SIZE):
        squares = [view(index) for index in range(start, min(start + BATCH_SIZE, count))]
        with torch.inference_mode(), autocast(device, precision_for(device)):
            rows.append(net(to_tensor(squares))[1].numpy().astype(np.float16))
        if start % (BATCH_SIZE * 20) == 0:
            say(f"  {cache.stem}: {start + len(squares)} of {count} pictures")
    features = np.concatenate(rows)
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.save(cache, features)
    return features.astype(np.float32)
