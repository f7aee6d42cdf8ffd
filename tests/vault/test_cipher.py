import pytest
from hypothesis import given
from hypothesis import strategies as st

from medapp.vault import cipher, seal
from medapp.vault.errors import DamagedSecretError


@given(st.text(alphabet=st.characters()), st.text())
def test_text_comes_back_as_it_was(text, purpose):
    assert cipher.decrypt_text(cipher.encrypt_text(text, purpose="p"), purpose="p") == text


def test_equal_texts_have_different_tokens():
    assert cipher.encrypt_text("张伟", purpose="p") != cipher.encrypt_text("张伟", purpose="p")


def test_token_of_one_purpose_does_not_open_under_another():
    token = cipher.encrypt(b"x", aad=b"note.text")

    with pytest.raises(DamagedSecretError):
        cipher.decrypt(token, aad=b"patient.phone")


def test_every_changed_character_of_a_token_is_noticed():
    token = cipher.encrypt_text("secret", purpose="p")

    for place in range(len(token)):
        changed = token[:place] + ("B" if token[place] != "B" else "C") + token[place + 1 :]
        with pytest.raises(DamagedSecretError):
            cipher.decrypt_text(changed, purpose="p")


@pytest.mark.parametrize("token", ["", "v1", "v1.a.", "plain text", "v1.a.####", "v1.a.AAAA", "中文"])
def test_what_is_no_token_is_refused_in_words(ring, token):
    with pytest.raises(DamagedSecretError, match=r"\w"):
        cipher.decrypt_text(token, purpose="p")


def test_old_key_still_opens_and_a_removed_one_does_not(ring):
    token = cipher.encrypt_text("x", purpose="p")

    ring("ba")
    assert cipher.decrypt_text(token, purpose="p") == "x"

    ring("b")
    with pytest.raises(DamagedSecretError):
        cipher.decrypt_text(token, purpose="p")


def test_renaming_the_key_of_a_token_is_noticed(ring):
    ring("ab")
    token = cipher.encrypt_text("x", purpose="p")

    with pytest.raises(DamagedSecretError):
        cipher.decrypt_text(token.replace("v1.a.", "v1.b."), purpose="p")


def test_seal_holds_for_its_statement_and_purpose_alone(ring):
    signature = seal.sign("7:abc", purpose="p")

    assert seal.is_genuine(signature, "7:abc", purpose="p")
    assert not seal.is_genuine(signature, "8:abc", purpose="p")
    assert not seal.is_genuine(signature, "7:abc", purpose="q")
    assert not seal.is_genuine("x.éé", "7:abc", purpose="p")
