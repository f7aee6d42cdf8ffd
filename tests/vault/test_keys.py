import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from medapp.vault import keys

GOOD = base64.b64encode(b"k" * 32).decode()


def test_ring_encrypts_with_its_first_key(settings):
    settings.VAULT_KEYS = f"new:{GOOD}, old:{base64.b64encode(b'o' * 32).decode()}"

    assert keys.ring().current.id == "new"
    assert [key.id for key in keys.ring()] == ["new", "old"]


@pytest.mark.parametrize("text", ["", "a", "a:", "a:AAAA", f"a b:{GOOD}", f"a:{GOOD}!", f"a:{GOOD},a:{GOOD}"])
def test_ring_that_cannot_be_used_is_refused_without_showing_it(settings, text):
    settings.VAULT_KEYS = text

    with pytest.raises(ImproperlyConfigured) as refusal:
        keys.ring()

    assert GOOD not in str(refusal.value)


def test_each_use_has_a_key_of_its_own():
    key = keys.MasterKey("a", b"a" * 32)

    assert len({key.index, key.seal, b"a" * 32}) == 3
    assert key.fields.encrypt(b"n" * 12, b"x", None) != key.blobs.encrypt(b"n" * 12, b"x", None)
