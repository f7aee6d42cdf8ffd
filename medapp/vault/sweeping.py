"""Removing files that no row speaks of: uploads that were cut off, transactions that were rolled back."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from medapp.vault.models import Blob

# A file is older than any transaction that could still commit its row.
SAFE_AGE_SECONDS = 24 * 3600


def sweep_blobs(*, now: float | None = None) -> int:
    """Remove the orphans that are a day old; returns how many."""
    oldest = (time.time() if now is None else now) - SAFE_AGE_SECONDS
    removed = 0
    for path in _orphans(oldest):
        path.unlink(missing_ok=True)
        removed += 1
    return removed


def _orphans(oldest: float) -> Iterator[Path]:
    for folder, _folders, names in os.walk(settings.BLOB_DIR):
        paths = [Path(folder) / name for name in names]
        aged = [path for path in paths if path.stat().st_mtime < oldest]
        yield from _without_row(aged)


def _without_row(paths: list[Path]) -> Iterator[Path]:
    ids = {path: _blob_id(path.name) for path in paths}
    known = set(Blob.objects.filter(pk__in=[i for i in ids.values() if i]).values_list("pk", flat=True))
    yield from (path for path, blob_id in ids.items() if blob_id not in known)


def _blob_id(name: str) -> UUID | None:
    try:
        return UUID(hex=name)
    except ValueError:
        return None
