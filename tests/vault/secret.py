from django.db import models

from medapp.vault.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField


class Secret(models.Model):
    """A table of the tests alone: its app is not installed, so that no migration is missed."""

    text = EncryptedTextField(purpose="secret.text", null=True)
    other = EncryptedTextField(purpose="secret.other", null=True)
    data = EncryptedJSONField(purpose="secret.data", null=True)
    text_index = BlindIndexField(source="text", purpose="secret.text")

    class Meta:
        app_label = "vault_tests"

    def __str__(self) -> str:
        return str(self.pk)
