"""Import DICOM files, folders and ZIPs with the same verdicts as the page."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imaging import presenters, services
from imaging.models import Upload
from imaging.services import Incoming
from imaging.services.receive import iter_received
from medapp.accounts.models import User
from medapp.records.models import Patient


class Command(BaseCommand):
    help = "Import DICOM files, folders and ZIPs; each file gets its verdict."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the verdicts as a JSON list")
        parser.add_argument("--patient", metavar="NUMBER", help="file everything under this patient's chart")
        parser.add_argument("--by", metavar="USERNAME", help="whose import this is (default: the system)")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [str(path) for path in options["paths"] if not path.exists()]
        if missing:
            raise CommandError(f"There is no file or folder {', '.join(missing)}.")
        paths = list(_files(options["paths"]))
        by, patient = _user(options["by"]), _patient(options["patient"])
        upload = services.start_upload(
            patient=patient, by=by, source=Upload.Source.COMMAND, expected_files=len(paths)
        )
        verdicts = self._import(upload, paths, by)
        if options["json"]:
            _write(options["json"], verdicts)
        counts = Counter(verdict["verdict"] for verdict in verdicts)
        self.stdout.write(" · ".join(f"{name}: {count}" for name, count in counts.items()) or "no files")

    def _import(self, upload: Upload, paths: list[Path], by: User | None) -> list[dict[str, Any]]:
        verdicts = []
        for file in iter_received(upload=upload, files=_incoming(paths), by=by):
            verdict = presenters.verdict(file)
            verdicts.append({key: verdict[key] for key in _KEYS})
            upload.refresh_from_db(fields=["expected_files"])
            self._show(len(verdicts), upload.expected_files or len(paths), verdict)
        return verdicts

    def _show(self, done: int, total: int, verdict: dict[str, Any]) -> None:
        line = f"{done}/{total} {verdict['verdict']:<12} {verdict['file']}"
        if verdict["verdict"] != "stored":
            line += f": {verdict['message']}"
        if sys.stderr.isatty() and verdict["verdict"] == "stored":
            self.stderr.write(f"\r\x1b[K{line[:110]}", ending="")
        else:
            self.stdout.write(line)


_KEYS = ("file", "verdict", "code", "message", "study_instance_uid")


def _files(paths: list[Path]) -> Iterator[Path]:
    """Folders in a fixed order; links out of them are not followed."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                child for child in path.rglob("*") if child.is_file() and not child.is_symlink()
            )
        else:
            yield path


def _incoming(paths: list[Path]) -> Iterator[Incoming]:
    for path in paths:
        with path.open("rb") as stream:
            yield Incoming(str(path), stream)


def _user(username: str | None) -> User | None:
    if not username:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user {username}.")
    return user


def _patient(number: str | None) -> Patient | None:
    if not number:
        return None
    patient = Patient.objects.filter(mrn=number).first()
    if patient is None:
        raise CommandError(f"There is no patient with the number {number}.")
    return patient


def _write(path: Path, verdicts: list[dict[str, Any]]) -> None:
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(verdicts, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)
