"""Laboratory results from CSV: mrn, test, value, unit, reference_low, reference_high, observed_at."""

from collections import defaultdict
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from medapp.accounts.models import User
from medapp.records.catalogue import BY_NAME, Measure
from medapp.records.errors import ImplausibleValueError
from medapp.records.importers import values as v
from medapp.records.importers.encounters import known_sources, source_key
from medapp.records.importers.patients import patients_by_mrn
from medapp.records.importers.plans import Column, Importer, Planned
from medapp.records.importers.problems import RowError
from medapp.records.models import Observation, Patient
from medapp.records.presenters import unit_words
from medapp.records.services import Measured, add_observations
from medapp.records.services.observations import check_plausible
from medapp.records.spelling import folded

Values = tuple[Patient, Measured]


class ObservationImporter(Importer):
    columns: ClassVar = (
        Column("mrn", True, ("病历号", "住院号", "number", "patient_id", "medical_record_number")),
        Column("test", True, ("项目", "检验项目", "code", "项目名称", "loinc", "name")),
        Column("value", True, ("结果", "数值", "result")),
        Column("unit", False, ("单位", "units")),
        Column("reference_low", False, ("参考下限", "low", "下限")),
        Column("reference_high", False, ("参考上限", "high", "上限")),
        Column("observed_at", True, ("检验时间", "采样时间", "时间", "日期", "date", "collected_at", "time")),
    )

    def prepare(self, cells: list[dict[str, str]]) -> None:
        self.patients = patients_by_mrn(cells)

    def values(self, cells: dict[str, str]) -> tuple[str, Values]:
        patient = self.patients.get(cells["mrn"])
        if patient is None:
            raise RowError("unknown-patient", "mrn", cells["mrn"])
        measure = BY_NAME.get(cells["test"].casefold())
        if measure is None:
            raise RowError("unknown-test", "test", cells["test"])
        at = v.moment(cells["observed_at"], "observed_at")
        number = v.number(cells["value"], "value")
        _check_unit(measure, cells.get("unit", ""))
        _check_value(measure, number, cells["value"])
        low, high = _limit(cells, "reference_low"), _limit(cells, "reference_high")
        if low is not None and high is not None and low > high:
            raise RowError("range-order", "reference_low", cells["reference_low"])
        key = source_key("observation", patient.pk, measure.code, at.isoformat(), number.normalize())
        measured = Measured(measure.code, at, number, low=low, high=high, source_key=key)
        return key, (patient, measured)

    def known(self, keys: set[str]) -> set[str]:
        return known_sources(Observation, keys)

    def write(self, rows: list[Planned], by: User) -> list[UUID]:
        by_patient: dict[UUID, list[Values]] = defaultdict(list)
        for row in rows:
            by_patient[row.values[0].pk].append(row.values)
        for pairs in by_patient.values():
            add_observations(patient=pairs[0][0], measured=[measured for _patient, measured in pairs], by=by)
        return list(by_patient)


def _check_unit(measure: Measure, unit: str) -> None:
    """A value in another unit looks plausible and is wrong: it is refused, never converted by guess."""
    known = {_plain(measure.unit), _plain(unit_words(measure.unit))}
    if unit and _plain(unit) not in known:
        raise RowError("other-unit", "unit", unit)


def _plain(unit: str) -> str:
    return (
        folded(unit)
        .replace("μ", "u")
        .replace("µ", "u")
        .replace("*", "")
        .replace("^", "")
        .replace("×", "")
        .replace("x", "")
    )


def _check_value(measure: Measure, number: Decimal, written: str) -> None:
    try:
        check_plausible(measure, number)
    except ImplausibleValueError:
        raise RowError("implausible", "value", written) from None


def _limit(cells: dict[str, str], column: str) -> Decimal | None:
    return v.number(cells[column], column) if cells.get(column) else None
