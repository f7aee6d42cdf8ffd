"""A folder in which everything is wrong but one file: each gets its sentence, the good one is stored."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from imaging.models import Instance, Upload
from medapp.vault.blobs import read_blob
from tests.factories import dicom as build
from tests.factories import imaging

CHINESE = range(0x4E00, 0x9FFF)


def hundred_thousand_entries() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return target.getvalue()


@pytest.fixture
def bad(patient) -> dict[str, bytes]:
    good = imaging.radiograph_of(patient)
    return {
        "empty.dcm": b"",
        "text.dcm": "Dear colleague, 您好".encode() * 40,
        "half.dcm": good[: len(good) // 2],
        "bomb.dcm": build.jpeg2000_bomb(),
        "climb.zip": build.zip_bytes({"../../etc/passwd": b"x", "..\\evil.dcm": b"x"}),
        "crowd.zip": hundred_thousand_entries(),
        "path.dcm": build.with_uid(b"../../../etc/passwd"),
        "damaged.zip": build.zip_bytes({"a.dcm": good})[:-30],
        "script<b>.html": b"<script>alert(1)</script>",
        "deep.dcm": build.nested_sequences(2000),
    }


@pytest.fixture
def sent(browser, patient, bad):
    """The page after all of them were sent in one form, with a good file in the middle."""
    files = [SimpleUploadedFile(name, data) for name, data in bad.items()]
    files.insert(5, SimpleUploadedFile("good.dcm", imaging.radiograph_of(patient)))

    return browser.post(reverse("patient-upload", args=[patient.pk]), {"files": files}, follow=True)


def test_good_file_is_stored_and_every_other_is_named(sent, patient, bad):
    verdicts = {row["file"]: (row["verdict"], row["code"]) for row in sent.context["verdicts"]}

    assert sent.status_code == 200
    assert verdicts.pop("good.dcm")[0] == "stored"
    assert Instance.objects.filter(series__study__patient=patient).count() == 1
    top = {name.split("/")[0] for name in verdicts}
    assert top >= set(bad) - {"script<b>.html"}
    assert {verdict for verdict, _code in verdicts.values()} <= {"refused", "quarantined"}
    assert all(code for _verdict, code in verdicts.values())


def test_originals_of_the_bad_ones_are_kept(sent, bad):
    files = Upload.objects.get().files.filter(instance=None, blob__isnull=False)
    kept = {read_blob(file.blob) for file in files}

    wanted = (
        "text.dcm",
        "half.dcm",
        "bomb.dcm",
        "path.dcm",
        "deep.dcm",
        "script<b>.html",
        "climb.zip",
        "crowd.zip",
    )

    assert [name for name in wanted if bad[name] not in kept] == []


def test_each_verdict_is_a_sentence_in_the_readers_language(sent, browser, doctor):
    english = {row["id"]: row for row in sent.context["verdicts"]}
    doctor.language = "zh-hans"
    doctor.save()

    chinese = {row["id"]: row for row in browser.get(sent.request["PATH_INFO"]).context["verdicts"]}

    assert len(english) > 8
    assert [row["code"] for row in english.values() if not str(row["message"]).endswith(".")] == []
    silent = [
        row["code"]
        for row in chinese.values()
        if not any(ord(char) in CHINESE for char in str(row["message"]))
    ]
    assert silent == []


def test_nothing_of_it_became_a_path(sent, settings, tmp_path):
    names = [path.name for path in settings.BLOB_DIR.rglob("*") if path.is_file()]

    assert names
    assert [
        name for name in names if "passwd" in name or ".." in name or name.endswith((".dcm", ".html"))
    ] == []


@pytest.mark.parametrize(
    "name", ["../../x.pdf", "x" * 5000, "a\x00b.pdf", "", "‮fdp.exe", "CON", "<img src=x>.png"]
)
def test_attachment_with_an_odd_name_is_kept_or_refused_in_words(browser, patient, name):
    file = SimpleUploadedFile("x", b"%PDF-1.7")
    file._name = name

    answer = browser.post(reverse("attachment-new", args=[patient.pk]), {"file": file, "title": ""})

    assert answer.status_code in (302, 400)


@pytest.mark.parametrize("data, status", [(b"", 400), (b"x" * (32 * 1024 * 1024 + 1), 413)])
def test_attachment_that_is_empty_or_too_large_is_refused_in_words(browser, doctor, patient, data, status):
    answer = browser.post(
        reverse("attachment-new", args=[patient.pk]), {"file": SimpleUploadedFile("a", data)}
    )

    assert answer.status_code == status
    assert answer.context["form"].errors
