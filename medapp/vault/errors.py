"""What the vault refuses."""

from django.core.exceptions import FieldError
from django.utils.translation import gettext_lazy as _

from medapp.errors import Permanent


class DamagedSecretError(Permanent):
    """A stored secret was changed, moved to another place, or needs a key that the ring does not hold."""

    code = "damaged-secret"
    http_status = 500
    message = _(
        "A protected entry cannot be read: it was changed outside the application or its key is missing."
    )
    hint = _(
        "Tell the administrator. Restore the entry from a backup or add the missing key to the key ring."
    )


class DamagedBlobError(Permanent):
    """A stored file was cut, changed or lost."""

    code = "damaged-file"
    http_status = 500
    message = _(
        "The stored file %(blob)s cannot be read: it was cut, changed or lost outside the application."
    )
    hint = _("Tell the administrator. Restore the file from a backup or upload it again.")


class SearchedSecretError(FieldError):
    """Code tried to filter or sort by an encrypted column, whose ciphertext differs for equal values."""

    def __init__(self, field: str, lookup: str) -> None:
        super().__init__(
            f"The encrypted field {field} cannot be searched with '{lookup}', only with 'isnull'. "
            "Search its BlindIndexField with medapp.vault.index.candidates() instead."
        )
