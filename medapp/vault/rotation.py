"""Moving everything that is secret to the current key. It can be ended and started again at any time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from medapp.vault import blobs, cipher, index, keys
from medapp.vault.errors import DamagedBlobError, DamagedSecretError
from medapp.vault.fields import BlindIndexField, EncryptedTextField
from medapp.vault.models import Blob

BATCH_ROWS = 200


@dataclass(frozen=True)
class Damaged:
    """A value that could not be read and was left as it is."""

    place: str
    row: str


@dataclass
class Progress:
    place: str
    total: int
    done: int = 0
    damaged: list[Damaged] = field(default_factory=list)


class Column:
    """One encrypted column of one table, and the blind indexes that are made from it."""

    def __init__(self, model: type[models.Model], column: EncryptedTextField) -> None:
        self.model, self.column = model, column
        self.place = f"{model._meta.label}.{column.name}"

    @cached_property
    def indexes(self) -> list[BlindIndexField]:
        candidates = self.model._meta.local_fields
        return [f for f in candidates if isinstance(f, BlindIndexField) and f.source == self.column.name]

    def stale(self) -> models.QuerySet[Any]:
        """Return the rows whose token is not of the current key. The cast keeps Django from decrypting it."""
        rows = self.model._base_manager.annotate(vault_token=Cast(self.column.name, models.TextField()))
        return rows.filter(vault_token__isnull=False).exclude(vault_token__startswith=cipher.current_prefix())

    def rotate(self) -> Iterator[Progress]:
        """Re-encrypt batch by batch, in the order of the keys; yields after each."""
        progress, last = Progress(self.place, self.stale().count()), None
        while batch := self._batch_after(last):
            with transaction.atomic():
                for pk, token in batch:
                    self._rotate_row(pk, token, progress)
            last, progress.done = batch[-1][0], progress.done + len(batch)
            yield progress

    def _batch_after(self, last: Any) -> list[tuple[Any, str]]:
        rows = self.stale() if last is None else self.stale().filter(pk__gt=last)
        return list(rows.order_by("pk").values_list("pk", "vault_token")[:BATCH_ROWS])

    def _rotate_row(self, pk: Any, token: str, progress: Progress) -> None:
        try:
            plain = cipher.decrypt_text(token, purpose=self.column.purpose)
        except DamagedSecretError:
            progress.damaged.append(Damaged(self.place, str(pk)))
            return
        changed = {self.column.name: self.column.from_plain(plain)}
        changed |= {f.name: index.blind_index(plain, f.purpose) for f in self.indexes}
        # Only where the token is still the one that was read: whoever wrote in between used the current key.
        self.stale().filter(pk=pk, vault_token=token).update(**changed)


def encrypted_columns() -> list[Column]:
    """Return every encrypted column of every installed model."""
    return [
        Column(model, column)
        for model in apps.get_models()
        if not model._meta.proxy and model._meta.managed
        for column in model._meta.local_fields
        if isinstance(column, EncryptedTextField)
    ]


def rotate_blob_keys() -> Iterator[Progress]:
    """Wrap each blob's own key anew; the files themselves stay as they are."""
    stale = Blob.objects.exclude(key_id=keys.ring().current.id).order_by("pk")
    progress, last = Progress(Blob._meta.label, stale.count()), None
    while batch := list((stale if last is None else stale.filter(pk__gt=last))[:BATCH_ROWS]):
        with transaction.atomic():
            for blob in batch:
                _rewrap(blob, progress)
        last, progress.done = batch[-1].pk, progress.done + len(batch)
        yield progress


def rotate_all() -> Iterator[Progress]:
    for column in encrypted_columns():
        yield from column.rotate()
    yield from rotate_blob_keys()


def _rewrap(blob: Blob, progress: Progress) -> None:
    master = keys.ring().current
    try:
        key = blobs.unwrap_key(blob)
    except DamagedBlobError:
        progress.damaged.append(Damaged(progress.place, str(blob.pk)))
        return
    wrapped = blobs.wrap_key(key, blob.id, master)
    Blob.objects.filter(pk=blob.pk, wrapped_key=blob.wrapped_key).update(
        key_id=master.id, wrapped_key=wrapped
    )
