"""Backbone features of a labelled folder of pictures, computed once and kept under `var/`."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
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
Floats = NDArray[np.float32]


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


def read_square(file: Path, size: int, *, flipped: bool = False) -> NDArray[np.uint8]:
    with Image.open(file) as picture:
        square = to_square(to_grey(np.asarray(picture.convert("L"))), size)
    return np.ascontiguousarray(square[:, ::-1]) if flipped else square


def cached_features(
    net: VitClassifier,
    files: Sequence[Path],
    cache: Path,
    *,
    size: int,
    flipped: bool = False,
    say: Callable[[str], None] = print,
) -> Floats:
    """(n, d) features, from `cache` (an .npy file) when it holds as many rows as there are files.

    Computed in the precision in which the engine runs on this machine, kept as float16."""
    if cache.exists():
        stored = np.load(cache)
        if len(stored) == len(files):
            return np.asarray(stored, np.float32)
    device = torch.device("cpu")
    rows = []
    for start, batch in _batches(files):
        squares = [read_square(file, size, flipped=flipped) for file in batch]
        with torch.inference_mode(), autocast(device, precision_for(device)):
            rows.append(net(to_tensor(squares))[1].numpy().astype(np.float16))
        if start % (BATCH_SIZE * 20) == 0:
            say(f"  {cache.stem}: {start + len(batch)} of {len(files)} pictures")
    features = np.concatenate(rows)
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.save(cache, features)
    return features.astype(np.float32)


def _batches(files: Sequence[Path]) -> Iterator[tuple[int, Sequence[Path]]]:
    for start in range(0, len(files), BATCH_SIZE):
        yield start, files[start : start + BATCH_SIZE]
