"""Sentence embeddings for retrieval: multilingual-e5-small with the prefixes it was trained on."""

import numpy as np
import torch
from numpy.typing import NDArray

from ml import packs, threads
from ml.devices import pick_device, precision_for
from ml.engines.tokens import Tokens, buckets
from ml.errors import MissingBackbone
from ml.nets.bert_encoder import BertEncoder, mean_pool
from ml.paths import models_dir

Vectors = NDArray[np.float32]

BACKBONE = "multilingual-e5-small"
MAX_TOKENS = 512
BATCH_SIZE = 32
DIMENSIONS = 384


class Encoder:
    """Texts to unit vectors, [n, 384] float32: the dot product of two is their similarity.

    Loading verifies every file; keep one for the life of a process. Longer texts than 512 tokens
    are cut: split them into passages first. Raises MissingBackbone or DamagedPack.
    """

    def __init__(self, device: str | None = None) -> None:
        folder = models_dir() / BACKBONE
        if not (folder / packs.MANIFEST).is_file():
            raise MissingBackbone(BACKBONE)
        packs.verify_folder(folder)
        threads.apply()
        self.device = pick_device(device)
        self._tokens = Tokens(folder, MAX_TOKENS)
        self._net = BertEncoder.from_folder(folder, self.device, precision_for(self.device))

    def queries(self, texts: list[str]) -> Vectors:
        """What is asked."""
        return self._encode([f"query: {text}" for text in texts])

    def passages(self, texts: list[str]) -> Vectors:
        """What may answer."""
        return self._encode([f"passage: {text}" for text in texts])

    @torch.inference_mode()
    def _encode(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for bucket in buckets(self._tokens.read(texts), BATCH_SIZE, self.device):
            pooled = mean_pool(self._net(bucket.ids, bucket.mask), bucket.mask)
            unit = torch.nn.functional.normalize(pooled, dim=-1)
            vectors[bucket.places] = unit.cpu().numpy()
        return vectors
