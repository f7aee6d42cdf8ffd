import pytest
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter

from medapp.vault.errors import DamagedSecretError, SearchedSecretError
from medapp.vault.fields import BlindIndexField, EncryptedTextField
from medapp.vault.index import blind_index, candidates


def stored(column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM vault_tests_secret")  # noqa: S608 - constants
        return cursor.fetchone()[0]


@pytest.mark.parametrize("text", ["青霉素过敏", "", "x" * 1_000_000, None])
def test_text_is_read_back_as_written(secrets, text):
    secrets.objects.create(text=text)

    assert secrets.objects.get().text == text


def test_table_holds_no_plain_text(secrets):
    secrets.objects.create(text="penicillin", data={"drug": "penicillin"})

    assert stored("text").startswith("v1.a.")
    assert "penicillin" not in stored("text") + stored("data") + stored("text_index")


def test_json_is_read_back_as_written(secrets):
    secrets.objects.create(data={"a": [1, None, "二"]})

    assert secrets.objects.get().data == {"a": [1, None, "二"]}


@pytest.mark.parametrize("lookup", ["text", "text__exact", "text__icontains", "text__startswith", "text__in"])
def test_search_in_ciphertext_is_refused_with_advice(secrets, lookup):
    with pytest.raises(SearchedSecretError, match="BlindIndexField"):
        secrets.objects.filter(**{lookup: ["x"] if lookup.endswith("in") else "x"})


def test_null_can_be_searched(secrets):
    secrets.objects.create(text=None)

    assert secrets.objects.filter(text__isnull=True).count() == 1


def test_value_moved_to_another_column_does_not_open(secrets):
    secrets.objects.create(text="phone")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_tests_secret SET other = text")

    row = secrets.objects.get()

    assert row.text == "phone"
    with pytest.raises(DamagedSecretError):
        row.other  # noqa: B018 - reading it is the act


def test_damaged_value_stays_as_it_is_when_its_row_is_saved(secrets):
    secrets.objects.create(text="x")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_tests_secret SET other = 'v1.a.AAAA'")

    row = secrets.objects.get()
    row.text = "y"
    row.save()

    assert (stored("other"), secrets.objects.get().text) == ("v1.a.AAAA", "y")


def test_damaged_value_cannot_be_taken_for_a_text(secrets):
    secrets.objects.create(text="x", data=[1])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_tests_secret SET text = 'x', data = 'y'")

    for name in ("text", "data"):
        with pytest.raises(DamagedSecretError):
            str(secrets.objects.values_list(name, flat=True).get())


def test_migration_names_the_purpose():
    text = MigrationWriter.serialize(EncryptedTextField(purpose="note.text", null=True))[0]
    index = MigrationWriter.serialize(BlindIndexField(source="phone", purpose="p"))[0]

    assert text == "medapp.vault.fields.EncryptedTextField(null=True, purpose='note.text')"
    assert "source='phone'" in index
    assert isinstance(BlindIndexField(source="phone", purpose="p").clone(), models.CharField)


def test_index_follows_its_source_and_finds_it(secrets):
    row = secrets.objects.create(text="+86 138-0013-8000")

    assert secrets.objects.get(text_index__in=candidates("+86１３８００１３８０００", "secret.text")) == row

    row.text = None
    row.save()
    assert secrets.objects.get().text_index == ""


def test_index_tells_purposes_apart_and_keeps_the_empty_value_empty(ring):
    assert blind_index("13800138000", "a") != blind_index("13800138000", "b")
    assert blind_index(" - ", "a") == ""
    assert candidates("", "a") == []


def test_candidates_cover_every_key_of_the_ring(ring):
    before = blind_index("x", "p")

    ring("ba")

    assert blind_index("x", "p") != before
    assert candidates("x", "p") == [blind_index("x", "p"), before]
