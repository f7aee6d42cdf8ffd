"""Where the inputs of a batch come from: a table, a folder, a cohort."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from charset_normalizer import from_bytes
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from diagnosis.errors import UnusableTableError
from diagnosis.models import Cohort
from diagnosis.subjects import digest_of
from imaging.models import Instance
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.records.models import Note, Patient

MOST_FILE_BYTES = 512 * 1024 * 1024
RADIOGRAPHS = ("CR", "DX")
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Input:
    """One input row: either ``content`` (a file's or text's bytes) or ``subject`` of a patient, or why neither."""

    name: str
    content: bytes = b""
    subject: Instance | Note | None = None
    reason_code: str = ""
    digest: str = field(default="")

    @property
    def input_digest(self) -> str:
        return self.digest or hashlib.sha256(self.content).hexdigest()


def rows_of_table(content: bytes) -> Iterator[Input]:
    """Yield a text for each row of a CSV: column ``text``, or ``title`` and ``question``.

    Raises UnusableTableError where the table has neither.
    """
    text, is_damaged = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), _dialect(text))
    header = [name.strip().lstrip("\ufeff").lower() for name in next(reader, [])]
    columns = _columns(header)
    for number, row in enumerate(_lines(reader), start=1):
        yield _row(str(number), row, columns, is_damaged)


def files_of_folder(folder: Path) -> Iterator[Input]:
    """Yield every file below ``folder``, sorted; its name is relative to the folder."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path, folder)):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            yield Input(name, reason_code="outside-folder")
        elif path.stat().st_size > MOST_FILE_BYTES:
            yield Input(name, reason_code="file-too-large")
        else:
            yield _file(path, name)


def subjects_of_cohort(cohort: Cohort, task: str, user: Any = None) -> Iterator[Input]:
    """Yield the latest suitable image or note of each patient of the cohort who agrees to models."""
    for patient in cohort_patients(cohort):
        subject = _latest(patient, task)
        if subject is not None:
            yield Input(_row_name(cohort, patient, user), subject=subject, digest=digest_of(subject))


def _row_name(cohort: Cohort, patient: Patient, user: Any) -> str:
    """The chart number for those who keep the records; others tell the rows apart without knowing whose they are."""
    if user is None or can(user, Action.PATIENT_ADMIN):
        return patient.mrn
    return uuid5(patient.pk, cohort.name).hex[:12]


def cohort_patients(cohort: Cohort) -> QuerySet[Patient]:
    return Patient.objects.filter(cohort.condition(), ai_consent=True).distinct().order_by("mrn")


def patient_id_of(item: Input) -> UUID | None:
    if item.subject is None:
        return None
    subject = item.subject
    return subject.series.study.patient_id if isinstance(subject, Instance) else subject.patient_id


def _latest(patient: Patient, task: str) -> Instance | Note | None:
    if task == "text-classification":
        return Note.objects.filter(patient=patient).order_by("-recorded_at").first()
    images = Instance.objects.filter(series__study__patient=patient, series__modality__in=RADIOGRAPHS)
    return images.order_by("-series__study__study_date", "pk").first()


def _file(path: Path, name: str) -> Input:
    try:
        content = path.read_bytes()
    except OSError:
        return Input(name, reason_code="unreadable")
    return Input(name, content, reason_code="" if content else "empty-file")


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _decoded(content: bytes) -> tuple[str, bool]:
    """Return the text and whether bytes had to be replaced, which then only costs the rows that held them."""
    for encoding in ENCODINGS:
        if _is(content, encoding):
            return content.decode(encoding), False
    lines = [line for line in content.splitlines() if not line.isascii()]
    readable = {encoding: sum(_is(line, encoding) for line in lines) for encoding in ENCODINGS}
    # A few broken rows say nothing about the rest: the encoding that reads more of the lines is the table's.
    encoding = max(ENCODINGS, key=lambda name: readable[name])
    if not readable[encoding]:
        guess = from_bytes(content[:65536]).best()
        encoding = guess.encoding if guess is not None else "utf-8"
    return content.decode(encoding, errors="replace"), True


def _is(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _dialect(text: str) -> Any:
    try:
        return csv.Sniffer().sniff(text.splitlines()[0] if text.strip() else ",", delimiters=",;\t")
    except csv.Error:
        return csv.excel


def _columns(header: list[str]) -> tuple[int, ...]:
    if "text" in header:
        return (header.index("text"),)
    if "title" in header and "question" in header:
        return (header.index("title"), header.index("question"))
    raise UnusableTableError(reason=_("there is no column “text”, nor “title” and “question”"))


def _lines(reader: Any) -> Iterator[list[str] | None]:
    """Yield the rows; a row that the reader cannot split comes as None and the rest go on."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None
        else:
            if row:
                yield row


def _row(name: str, row: list[str] | None, columns: tuple[int, ...], is_damaged: bool) -> Input:
    if row is None or max(columns) >= len(row):
        return Input(name, reason_code="broken-row")
    text = "\n".join(row[column].strip() for column in columns).strip()
    if is_damaged and "\ufffd" in text:
        return Input(name, reason_code="broken-characters")
    return Input(name, text.encode(), reason_code="" if text else "empty")
