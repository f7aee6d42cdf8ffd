"""Model fields whose values are encrypted at rest, and the index by which they are found.

national_id = EncryptedTextField(purpose="patient.national_id", null=True)
national_id_index = BlindIndexField(source="national_id", purpose="patient.national_id")
...
Patient.objects.filter(national_id_index__in=candidates(text, "patient.national_id"))
"""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from medapp.vault import cipher, index
from medapp.vault.errors import DamagedSecretError, SearchedSecretError


class EncryptedTextField(models.TextField):
    """Text (or None) stored as a token of ``medapp.vault.cipher``; it can only be searched for ``isnull``.

    ``purpose`` is part of the encryption: it must never change once values are stored.
    """

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_prep_value(self, value: Any) -> str | None:
        plain = super().get_prep_value(value)
        return None if plain is None else cipher.encrypt_text(str(plain), purpose=self.purpose)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else cipher.decrypt_text(value, purpose=self.purpose)

    def from_plain(self, text: str) -> Any:
        """Return the Python value that is stored as ``text`` before encryption."""
        return text

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise SearchedSecretError(str(self), lookup_name)
        return super().get_lookup(lookup_name)


class EncryptedJSONField(EncryptedTextField):
    """A JSON value stored as one encrypted token."""

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return super().get_prep_value(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return None if text is None else self.from_plain(text)

    def to_python(self, value: Any) -> Any:
        return value

    def from_plain(self, text: str) -> Any:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise DamagedSecretError from None


class BlindIndexField(models.CharField):
    """The blind index of the encrypted field ``source``, kept up to date by every ``save``.

    ``update()`` and ``bulk_update()`` of the source must set it themselves with ``index.blind_index``.
    """

    def __init__(self, *args: Any, source: str, purpose: str, **kwargs: Any) -> None:
        self.source, self.purpose = source, purpose
        defaults = {"max_length": 64, "blank": True, "default": "", "editable": False, "db_index": True}
        super().__init__(*args, **(defaults | kwargs))

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        # Django leaves out what equals *its* default, which here would come back as ours.
        kwargs.setdefault("db_index", self.db_index)
        return name, path, args, {**kwargs, "source": self.source, "purpose": self.purpose}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = index.blind_index(getattr(model_instance, self.source) or "", self.purpose)
        setattr(model_instance, self.attname, value)
        return value
