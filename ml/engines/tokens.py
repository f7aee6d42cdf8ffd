"""Text to padded batches of token numbers, short texts beside short ones."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
from tokenizers import Encoding, Tokenizer

PAD = 1  # <pad> of XLM-RoBERTa's vocabulary


@dataclass(frozen=True)
class Bucket:
    """Some of the texts, by their place in the input, with numbers and mask (batch, tokens)."""

    places: list[int]
    ids: Tensor
    mask: Tensor


class Tokens:
    """The fast tokenizer of an assembled folder, cutting at `max_tokens`."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_tokens)

    def read(self, texts: list[str]) -> list[Encoding]:
        return self._tokenizer.encode_batch(texts)


def pad(encodings: list[Encoding], places: list[int], device: torch.device | str = "cpu") -> Bucket:
    chosen = [encodings[place] for place in places]
    width = max(len(item.ids) for item in chosen)
    ids = torch.full((len(chosen), width), PAD)
    for row, item in enumerate(chosen):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
    return Bucket(places, ids.to(device), (ids != PAD).long().to(device))


def buckets(encodings: list[Encoding], size: int, device: torch.device | str = "cpu") -> Iterator[Bucket]:
    """All of the texts, longest first, `size` at a time, so that little is spent on padding."""
    order = sorted(range(len(encodings)), key=lambda place: -len(encodings[place].ids))
    for start in range(0, len(order), size):
        yield pad(encodings, order[start : start + size], device)
