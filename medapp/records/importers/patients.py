"""Patients from CSV: mrn, name_zh, name_latin, sex, birth_date, phone, national_id, address, department, language."""

from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.records.importers import values as v
from medapp.records.importers.plans import Column, Importer, Planned
from medapp.records.importers.problems import RowError
from medapp.records.models import Patient
from medapp.records.search import canonical_national_id, canonical_phone
from medapp.records.spelling import main_pinyin
from medapp.records.terms import refresh_terms
from medapp.vault.index import candidates

IDENTITY = ("name_zh", "name_latin", "sex", "birth_date")


class PatientImporter(Importer):
    columns: ClassVar = (
        Column("mrn", True, ("病历号", "住院号", "number", "patient_id", "medical_record_number")),
        Column("name_zh", False, ("姓名", "中文名", "name", "chinese_name")),
        Column("name_latin", False, ("英文名", "拼音", "latin_name", "english_name")),
        Column("sex", False, ("性别", "gender")),
        Column("birth_date", True, ("出生日期", "生日", "dob", "date_of_birth", "birthday")),
        Column("phone", False, ("电话", "手机", "手机号", "telephone", "mobile")),
        Column("national_id", False, ("身份证", "身份证号", "id_number", "identifier")),
        Column("address", False, ("地址", "住址")),
        Column("department", False, ("科室", "dept")),
        Column("language", False, ("语言",)),
    )

    def prepare(self, cells: list[dict[str, str]]) -> None:
        self.departments = v.departments()
        mrns = [row.get("mrn", "") for row in cells]
        self.existing = {patient.mrn: patient for patient in _in_chunks(Patient, "mrn", mrns)}
        self.claimed: dict[str, str] = {}
        self.planned: dict[str, tuple[Any, ...]] = {}

    def values(self, cells: dict[str, str]) -> tuple[str, dict[str, Any]]:
        fields = self._fields(cells)
        if not fields["name_zh"] and not fields["name_latin"]:
            raise RowError("no-name")
        identity = tuple(fields[name] for name in IDENTITY)
        self._refuse_conflict(fields, identity)
        self._refuse_taken_id(fields)
        self.planned[fields["mrn"]] = identity
        return fields["mrn"], fields

    def known(self, keys: set[str]) -> set[str]:
        return keys & self.existing.keys()

    def write(self, rows: list[Planned], by: User) -> list[UUID]:
        patients = [Patient(created_by=by, **row.values) for row in rows]
        for patient in patients:
            patient.name_pinyin, patient.name_initials = main_pinyin(patient.name_zh, patient.name_latin)
        Patient.objects.bulk_create(patients, batch_size=200)
        refresh_terms(patients)
        for patient in patients:
            record(
                action="import.row", by=by, patient_id=patient.pk, obj=patient, detail={"kind": "patients"}
            )
        return [patient.pk for patient in patients]

    def _fields(self, cells: dict[str, str]) -> dict[str, Any]:
        get = lambda name: cells.get(name, "")  # noqa: E731 - a name for the lookup that every line below does
        return {
            "mrn": v.text(get("mrn"), "mrn", 32),
            "name_zh": v.text(get("name_zh"), "name_zh", 80),
            "name_latin": v.text(get("name_latin"), "name_latin", 160),
            "sex": v.choice(get("sex"), "sex", v.SEXES),
            "birth_date": v.day(get("birth_date"), "birth_date"),
            "phone": canonical_phone(v.text(get("phone"), "phone", 30)) or None,
            "national_id": canonical_national_id(v.text(get("national_id"), "national_id", 30)) or None,
            "address": v.text(get("address"), "address", 300) or None,
            "department": v.department(get("department"), "department", self.departments),
            "language": v.choice(get("language"), "language", v.LANGUAGES),
        }

    def _refuse_conflict(self, fields: dict[str, Any], identity: tuple[Any, ...]) -> None:
        """A number that stands for somebody else, in the record or earlier in the file, is never overwritten."""
        mrn = fields["mrn"]
        there = self.existing.get(mrn)
        before = tuple(getattr(there, name) for name in IDENTITY) if there else self.planned.get(mrn)
        if before is not None and before != identity:
            raise RowError("conflict", "mrn", mrn)

    def _refuse_taken_id(self, fields: dict[str, Any]) -> None:
        national_id, mrn = fields["national_id"], fields["mrn"]
        if not national_id or mrn in self.existing:
            return
        digest = sha256(national_id.encode()).hexdigest()
        owner = self.claimed.setdefault(digest, mrn)
        digests = candidates(national_id, "patient.national_id")
        if owner != mrn or Patient.objects.filter(national_id_index__in=digests).exists():
            raise RowError("id-taken", "national_id")


def _in_chunks(model: type[Patient], column: str, wanted: list[str], size: int = 500) -> list[Patient]:
    unique = sorted({value for value in wanted if value})
    return [
        row
        for start in range(0, len(unique), size)
        for row in model.objects.filter(**{f"{column}__in": unique[start : start + size]})
    ]


def patients_by_mrn(cells: list[dict[str, str]]) -> dict[str, Patient]:
    return {
        patient.mrn: patient for patient in _in_chunks(Patient, "mrn", [row.get("mrn", "") for row in cells])
    }
