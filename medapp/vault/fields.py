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
from django.db.models.query_utils import DeferredAttribute

from medapp.vault import cipher, index
from medapp.vault.errors import DamagedSecretError, SearchedSecretError


class DamagedSecret:
    """Stands for a value that could not be decrypted, so that the rest of its row and of a list still can."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __str__(self) -> str:
        raise DamagedSecretError


class SecretAttribute(DeferredAttribute):
    """Raises DamagedSecretError where a damaged value is used, not where its row is loaded."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, DamagedSecret):
            raise DamagedSecretError
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text (or None) stored as a token of ``medapp.vault.cipher``; it can only be searched for ``isnull``.

    ``purpose`` is part of the encryption: it must never change once values are stored.
    """

    descriptor_class = SecretAttribute

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_prep_value(self, value: Any) -> str | None:
        if isinstance(value, DamagedSecret):
            return value.token
        return None if value is None else cipher.encrypt_text(self.to_plain(value), purpose=self.purpose)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        try:
            return self.from_plain(cipher.decrypt_text(value, purpose=self.purpose))
        except DamagedSecretError:
            return DamagedSecret(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Give a damaged value back as it is, so that the rest of its row can be saved."""
        held = model_instance.__dict__.get(self.attname)
        return held if isinstance(held, DamagedSecret) else super().pre_save(model_instance, add)

    def to_plain(self, value: Any) -> str:
        """Return the text that is encrypted for a Python value."""
        return str(value)

    def from_plain(self, text: str) -> Any:
        """Return the Python value of a decrypted text; raises DamagedSecretError."""
        return text

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise SearchedSecretError(str(self), lookup_name)
        return super().get_lookup(lookup_name)


class EncryptedJSONField(EncryptedTextField):
    """A JSON value stored as one encrypted token."""

    def to_plain(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)

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
        for name, value in {
            "max_length": 64,
            "blank": True,
            "default": "",
            "editable": False,
            "db_index": True,
        }.items():
            kwargs.setdefault(name, value)
        self._is_indexed: bool = kwargs["db_index"]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        # Django leaves out what equals *its* default, which here would come back as ours.
        kwargs.setdefault("db_index", self._is_indexed)
        return name, path, args, {**kwargs, "source": self.source, "purpose": self.purpose}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = index.blind_index(getattr(model_instance, self.source) or "", self.purpose)
        setattr(model_instance, self.attname, value)
        return value
