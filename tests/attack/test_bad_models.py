"""A model file with one bit changed: never used, and said so wherever somebody asks for it."""

import shutil

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from diagnosis import engines
from diagnosis.models import Prediction
from diagnosis.prediction import TEXT_KIND
from medapp.jobs.models import Job
from medapp.jobs.runner import run_kind
from medapp.registry.models import ModelVersion
from medapp.registry.services import sync_packs
from tests.api.conftest import program
from tests.attack.conftest import signed_in
from tests.factories import accounts, diagnosis

WEIGHTS = "heads.safetensors"


@pytest.fixture
def folder(db, settings, tmp_path):
    """A copy of the text model's pack, registered while it was whole."""
    engines._loaded.cache_clear()
    target = tmp_path / "packs" / "zh-department"
    shutil.copytree(django_settings.PACKS_DIR / "zh-department", target)
    settings.PACKS_DIR = tmp_path / "packs"
    sync_packs()
    yield target
    engines._loaded.cache_clear()


def flip_a_bit(folder) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-5] ^= 1
    (folder / WEIGHTS).write_bytes(bytes(data))


@pytest.fixture
def damaged(folder):
    flip_a_bit(folder)
    sync_packs()
    return ModelVersion.objects.get(name="zh-department")


def test_registry_switches_it_off_and_the_card_says_why(damaged):
    page = signed_in(accounts.user()).get(reverse("model_detail", args=[damaged.pk])).content.decode()

    assert (damaged.is_enabled, damaged.problem_code) == (False, "damaged")
    assert "does not match its digest" in page


@pytest.mark.parametrize("language, words", [("en", "do not match their digest"), ("zh-hans", "摘要")])
def test_doctor_who_asks_for_it_is_told(damaged, doctor, patient, language, words):
    doctor.language = language
    doctor.save()
    note = diagnosis.note(patient, doctor)

    answer = signed_in(doctor).post(reverse("note-predict", args=[note.pk]))

    assert answer.status_code == 503
    assert words in answer.content.decode()


def test_api_and_command_are_told(damaged, tmp_path):
    manager = program(accounts.user("data_manager"))
    (tmp_path / "t.csv").write_text("text\nx\n")

    answer = manager.post("/api/batch-runs/", {"model": "zh-department", "cohort": "all"})
    with pytest.raises(CommandError, match="digest"), translation.override("en"):
        call_command(
            "score_batch", model="zh-department", input=tmp_path / "t.csv", output=tmp_path / "o.csv"
        )

    assert (answer.status_code, answer.json()["code"]) == (503, "damaged-model")
    assert not (tmp_path / "o.csv").exists()


def test_note_is_written_all_the_same(damaged, doctor, patient):
    answer = signed_in(doctor).post(
        reverse("note-new", args=[patient.pk]), {"kind": "progress", "text": "咳嗽"}
    )

    assert answer.status_code == 302
    assert patient.notes.count() == 1


def test_job_that_meets_a_model_damaged_since_is_parked_in_both_languages(folder, doctor, patient):
    note = diagnosis.note(patient, doctor)
    signed_in(doctor).post(reverse("note-predict", args=[note.pk]))
    flip_a_bit(folder)

    run_kind(TEXT_KIND, "test")

    job = Job.objects.get(kind=TEXT_KIND)
    assert (job.status, job.failure_code) == ("parked", "damaged-model")
    assert set(job.failure_words) == {"en", "zh-hans"}
    assert not Prediction.objects.exists()


def test_unknown_model_is_said_by_the_command(db, tmp_path):
    (tmp_path / "t.csv").write_text("text\nx\n")

    with (
        pytest.raises(CommandError, match="There is no enabled model named “nobody”"),
        translation.override("en"),
    ):
        call_command("score_batch", model="nobody", input=tmp_path / "t.csv", output=tmp_path / "o.csv")
