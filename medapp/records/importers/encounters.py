"""Encounters from CSV: mrn, kind, started_at, ended_at, department, reason."""

from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from medapp.accounts.models import User
from medapp.records.importers import values as v
from medapp.records.importers.patients import patients_by_mrn
from medapp.records.importers.plans import Column, Importer, Planned
from medapp.records.importers.problems import RowError
from medapp.records.models import Encounter
from medapp.records.services import add_encounter


class EncounterImporter(Importer):
    columns: ClassVar = (
        Column("mrn", True, ("病历号", "住院号", "number", "patient_id", "medical_record_number")),
        Column("kind", False, ("就诊类型", "类型", "type", "class")),
        Column(
            "started_at",
            True,
            ("开始时间", "就诊时间", "入院时间", "start", "date", "admitted_at", "就诊日期"),
        ),
        Column("ended_at", False, ("结束时间", "出院时间", "end", "discharged_at")),
        Column("department", False, ("科室", "dept")),
        Column("reason", False, ("主诉", "就诊原因", "complaint")),
    )

    def prepare(self, cells: list[dict[str, str]]) -> None:
        self.departments = v.departments()
        self.patients = patients_by_mrn(cells)

    def values(self, cells: dict[str, str]) -> tuple[str, dict[str, Any]]:
        patient = self.patients.get(cells["mrn"])
        if patient is None:
            raise RowError("unknown-patient", "mrn", cells["mrn"])
        began = v.moment(cells["started_at"], "started_at")
        ended = v.moment(cells["ended_at"], "ended_at") if cells.get("ended_at") else None
        if ended is not None and ended < began:
            raise RowError("ends-before-start", "ended_at", cells["ended_at"])
        kind = v.choice(cells.get("kind", ""), "kind", v.KINDS)
        place = v.department(cells.get("department", ""), "department", self.departments)
        key = source_key("encounter", patient.pk, kind, began.isoformat(), place.code if place else "")
        fields = {
            "patient": patient,
            "kind": kind,
            "started_at": began,
            "ended_at": ended,
            "department": place,
            "reason": v.text(cells.get("reason", ""), "reason", 500),
            "source_key": key,
        }
        return key, fields

    def known(self, keys: set[str]) -> set[str]:
        return known_sources(Encounter, keys)

    def write(self, rows: list[Planned], by: User) -> list[UUID]:
        return [add_encounter(by=by, **row.values).patient_id for row in rows]


def source_key(*parts: object) -> str:
    """Return the key under which an imported row is recognised when it comes again."""
    return sha256("\0".join(str(part) for part in parts).encode()).hexdigest()


def known_sources(model: Any, keys: set[str], size: int = 500) -> set[str]:
    wanted = sorted(keys)
    found: set[str] = set()
    for start in range(0, len(wanted), size):
        rows = model.objects.filter(source_key__in=wanted[start : start + size])
        found.update(rows.values_list("source_key", flat=True))
    return found
