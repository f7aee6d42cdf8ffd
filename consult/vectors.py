"""Vectors of record entries, kept by a worker while it lives: entries seldom change and are asked about in turn.

They are not stored: a sentence can be guessed back from its vector, so on disk they would have to be as secret
as the record itself, and embedding a record again takes a second.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Embed = Callable[[list[str]], Vectors]

DIMENSIONS = 384
MOST_CACHED = 20_000

_cache: OrderedDict[bytes, Vectors] = OrderedDict()
_lock = threading.Lock()


def cached_vectors(texts: list[str], embed: Embed) -> Vectors:
    """Return [n, 384], embedding only what this process has not embedded yet."""
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    with _lock:
        known = {key: _cache[key] for key in keys if key in _cache}
    fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if fresh:
        known.update(zip(fresh, embed(list(fresh.values())), strict=True))
    with _lock:
        _cache.update(known)
        for key in known:
            _cache.move_to_end(key)
        while len(_cache) > MOST_CACHED:
            _cache.popitem(last=False)
    return np.stack([known[key] for key in keys]) if keys else np.zeros((0, DIMENSIONS), np.float32)
