"""The peer of bench/batch.py: a bare loop of the same engine, as one would write it in a notebook."""

import csv
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import ml


def images(folder: Path, target: Path) -> None:
    model = ml.load("chest-xray")
    files = sorted(folder.iterdir())
    with target.open("w", newline="") as stream:
        writer = csv.writer(stream)
        for start in range(0, len(files), model.batch_size):
            part = files[start : start + model.batch_size]
            inputs = [ml.ImageInput(np.asarray(Image.open(path).convert("L"))) for path in part]
            for path, output in zip(part, model.predict(inputs), strict=True):
                writer.writerow([path.name, output.label, *(output.scores or {}).values()])


def texts(table: Path, target: Path) -> None:
    model = ml.load("zh-department")
    with table.open(encoding="utf-8") as stream:
        rows = [f"{row['title']}\n{row['question']}" for row in csv.DictReader(stream)]
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        for start in range(0, len(rows), model.batch_size):
            part = rows[start : start + model.batch_size]
            for text, output in zip(part, model.predict(part), strict=True):
                writer.writerow([text[:20], output.label, *(output.scores or {}).values()])


if __name__ == "__main__":
    {"images": images, "texts": texts}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
