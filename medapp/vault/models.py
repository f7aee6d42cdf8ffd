import uuid

from django.db import models

CHUNK_BYTES = 64 * 1024


class Blob(models.Model):
    """A stored file: the row knows its size, digest and wrapped key; the encrypted bytes lie on disk.

    ``sha256`` and ``size_bytes`` are of the plain content.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    chunk_bytes = models.PositiveIntegerField(default=CHUNK_BYTES)
    key_id = models.CharField(max_length=32, db_index=True)
    wrapped_key = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size_bytes__gte=0), name="vault_blob_size"),
            models.CheckConstraint(condition=models.Q(chunk_bytes__gt=0), name="vault_blob_chunk"),
        ]

    def __str__(self) -> str:
        return str(self.id)
