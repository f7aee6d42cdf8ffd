"""``manage.py import_dicom``: the page's verdicts, from a shell."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from imaging.models import Instance, Upload
from tests.factories import dicom as build
from tests.factories.imaging import file_of


def import_dicom(folder: Path, *paths: Path, **options: Any) -> list[dict[str, Any]]:
    target = folder / "out.json"
    call_command("import_dicom", *paths, json=target, **options)
    return json.loads(target.read_text(encoding="utf-8"))


@pytest.fixture
def discs(tmp_path: Path, patient) -> Path:
    """A folder with a good file, a letter, a link out of it, and a ZIP."""
    folder = tmp_path / "disc"
    folder.mkdir()
    (folder / "1.dcm").write_bytes(file_of(patient, StudyInstanceUID="1.2.3"))
    (folder / "2.txt").write_bytes(b"hello " * 60)
    (folder / "3.zip").write_bytes(build.zip_bytes({"a.dcm": file_of(patient), "../b.dcm": b"x"}))
    (folder / "link.dcm").symlink_to("/etc/hostname")
    return folder


def test_every_file_of_a_folder_gets_its_verdict(discs, tmp_path) -> None:
    verdicts = import_dicom(tmp_path, discs)
    assert [(Path(row["file"]).name, row["verdict"]) for row in verdicts] == [
        ("1.dcm", "stored"),
        ("2.txt", "refused"),
        ("a.dcm", "stored"),
        ("b.dcm", "refused"),
    ]
    assert set(verdicts[0]) == {"file", "verdict", "code", "message", "study_instance_uid"}
    assert verdicts[0]["study_instance_uid"] == "1.2.3"


def test_import_twice_stores_nothing_twice(discs, tmp_path) -> None:
    import_dicom(tmp_path, discs / "1.dcm")
    [second] = import_dicom(tmp_path, discs / "1.dcm")
    assert (second["verdict"], Instance.objects.count()) == ("duplicate", 1)


def test_chart_and_person_can_be_named(tmp_path, doctor, patient) -> None:
    path = tmp_path / "anonymous.dcm"
    path.write_bytes(build.file_bytes(PatientID="", PatientName="", PatientBirthDate="", PatientSex=""))
    [verdict] = import_dicom(tmp_path, path, patient=patient.mrn, by=doctor.username)
    assert verdict["verdict"] == "stored"
    assert Upload.objects.get().created_by == doctor


@pytest.mark.parametrize("options", [{"patient": "nobody"}, {"by": "nobody"}])
def test_unknown_names_are_said_before_anything_is_read(db, tmp_path, options) -> None:
    with pytest.raises(CommandError, match="nobody"):
        import_dicom(tmp_path, tmp_path, **options)


def test_a_path_that_is_not_there_is_said(db, tmp_path) -> None:
    with pytest.raises(CommandError, match="missing"):
        import_dicom(tmp_path, tmp_path / "missing.dcm")
