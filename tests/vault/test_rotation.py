import io
import os
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from medapp.vault import blobs
from medapp.vault.index import blind_index
from medapp.vault.models import Blob
from medapp.vault.rotation import Column, encrypted_columns
from medapp.vault.services import store_blob
from medapp.vault.signals import keys_rotated
from medapp.vault.sweeping import SAFE_AGE_SECONDS, sweep_blobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def columns(secrets, monkeypatch):
    found = [Column(secrets, secrets._meta.get_field(name)) for name in ("text", "other", "data")]
    monkeypatch.setattr("medapp.vault.rotation.encrypted_columns", lambda: found)
    return found


def test_rotation_moves_values_and_indexes_to_the_current_key(columns, secrets, ring):
    row = secrets.objects.create(text="张伟", data={"n": 1})
    ring("ba")

    call_command("rotate_keys", stdout=io.StringIO())

    ring("b")
    row.refresh_from_db()
    assert (row.text, row.data, row.text_index) == ("张伟", {"n": 1}, blind_index("张伟", "secret.text"))


def test_interrupted_rotation_goes_on_where_it_was(columns, secrets, ring, monkeypatch):
    monkeypatch.setattr("medapp.vault.rotation.BATCH_ROWS", 2)
    secrets.objects.bulk_create([secrets(text=str(n)) for n in range(5)])
    ring("ba")
    rotation = columns[0].rotate()
    next(rotation)
    rotation.close()

    progress = list(columns[0].rotate())

    assert [(step.done, step.total) for step in progress][-1] == (3, 3)
    assert columns[0].stale().count() == 0


def test_value_that_was_written_meanwhile_is_kept(columns, secrets, ring):
    row = secrets.objects.create(text="old")
    ring("ba")
    pk, token = columns[0]._batch_after(None)[0]
    secrets.objects.filter(pk=row.pk).update(text="new")

    columns[0]._rotate_row(pk, token, None)

    assert secrets.objects.get().text == "new"


def test_damaged_value_is_named_and_the_rest_goes_on(columns, secrets, ring):
    bad, good = secrets.objects.create(text="bad"), secrets.objects.create(text="good")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_tests_secret SET text = 'v1.a.AAAA' WHERE id = %s", [bad.pk])
    ring("ba")
    errors = io.StringIO()

    with pytest.raises(CommandError, match="1 values"):
        call_command("rotate_keys", stdout=io.StringIO(), stderr=errors)

    assert f"vault_tests.Secret.text row {bad.pk}" in errors.getvalue()
    ring("b")
    assert secrets.objects.get(pk=good.pk).text == "good"


def test_rotation_wraps_the_keys_of_files_anew(columns, ring):
    blob = store_blob(stream=io.BytesIO(b"pixels"), media_type="x")
    before = blobs.path_of(blob.id).read_bytes()
    ring("ba")

    call_command("rotate_keys", stdout=io.StringIO())

    ring("b")
    assert blobs.read_blob(Blob.objects.get()) == b"pixels"
    assert blobs.path_of(blob.id).read_bytes() == before


def test_rotation_tells_the_apps_above(columns, secrets, ring):
    heard = []
    keys_rotated.connect(
        lambda **said: heard.append((said["key_id"], said["values"])), weak=False, dispatch_uid="t"
    )
    secrets.objects.create(text="x")
    ring("ba")

    call_command("rotate_keys", stdout=io.StringIO())

    keys_rotated.disconnect(dispatch_uid="t")
    assert heard == [("b", 1)]


def test_encrypted_columns_are_found_in_the_installed_models():
    assert "accounts.BreakGlass.reason" in [column.place for column in encrypted_columns()]


def test_sweep_removes_old_files_without_a_row_only(blob_dir):
    kept = store_blob(stream=io.BytesIO(b"x"), media_type="x")
    orphan = blobs.path_of(kept.id).with_name("0" * 32)
    part, young = orphan.with_name(".0.part"), orphan.with_name("1" * 32)
    for path in (orphan, part, young):
        path.write_bytes(b"x")
    old = time.time() - SAFE_AGE_SECONDS - 60
    for path in (orphan, part, blobs.path_of(kept.id)):
        os.utime(path, (old, old))

    assert sweep_blobs() == 2
    assert young.exists()
    assert blobs.read_blob(kept) == b"x"
