from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medapp.accounts.models import Department
from medapp.audit.models import Event
from medapp.errors import ConflictError
from medapp.records.errors import EmptyFileError
from medapp.records.importers import services
from medapp.records.importers.reading import read_table
from medapp.records.importers.rejected import rejected_csv
from medapp.records.models import Encounter, Observation, Patient
from medapp.records.queries import search_patients
from medapp.vault.blobs import read_blob
from tests.factories import records

HEADER = "病历号,姓名,性别,出生日期"
GOOD = "P1,李小龙,男,1980-03-05"


def started(manager, text: str | bytes, kind: str = "patients", encoding: str = "utf-8"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return services.start_import(kind=kind, stream=BytesIO(data), file_name="in.csv", by=manager)


def counts(run) -> tuple[int, int, int]:
    return run.created_count, run.duplicate_count, run.rejected_count


def codes(run) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in services.problems_of(run)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_read_when_encoded_so_then_the_same_rows(encoding):
    table = read_table(f"{HEADER}\n{GOOD}\n".encode(encoding))
    assert table.header == ["病历号", "姓名", "性别", "出生日期"]
    assert [record.fields for record in table.records] == [["P1", "李小龙", "男", "1980-03-05"]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_read_when_separated_so_then_the_same_fields(mark):
    table = read_table(f"{HEADER}\r\n{GOOD}".replace(",", mark).encode())
    assert (table.delimiter, table.records[0].fields[1]) == (mark, "李小龙")


def test_read_when_gb18030_has_a_broken_row_then_only_that_row_is_lost():
    data = f"{HEADER}\n".encode("gb18030") + b"P0,\xff\xff,x,1980-01-01\n" + f"{GOOD}\n".encode("gb18030")
    table = read_table(data)
    assert [(problem.row, problem.code) for problem in table.broken] == [(2, "broken-encoding")]
    assert [record.row for record in table.records] == [3]


def test_read_when_utf8_has_a_broken_row_then_it_is_still_utf8():
    data = f"{HEADER}\n{GOOD}\nP2,王".encode() + b"\xff" + ",女,1990-01-01\nP3,赵六,男,1970-01-01".encode()
    table = read_table(data)
    assert (table.encoding, len(table.records), len(table.broken)) == ("utf-8", 2, 1)


def test_read_when_a_field_has_newlines_and_marks_then_one_record():
    table = read_table(b'a,b\n"one\ntwo, ""three""",x\nlast,y\n')
    assert [record.fields for record in table.records] == [['one\ntwo, "three"', "x"], ["last", "y"]]


def test_read_when_a_quote_is_never_closed_then_the_rows_after_it_survive():
    rows = "\n".join(f"{n},x" for n in range(40))
    table = read_table(f'a,b\n"open,x\n{rows}\n'.encode())
    assert [problem.code for problem in table.broken] == ["broken-quotes"]
    assert len(table.records) == 40


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_read_when_given_any_bytes_then_never_fails(data):
    table = read_table(data)
    assert all(len(record.fields) == len(table.header) for record in table.records)


def test_start_when_planned_then_nothing_is_written_yet(manager):
    run = started(manager, f"{HEADER}\n{GOOD}\n")
    assert (run.status, counts(run)) == ("preview", (1, 0, 0))
    assert not Patient.objects.exists()
    assert read_blob(run.blob).decode().endswith("1980-03-05\n")


def test_apply_when_good_then_patients_are_there_and_found(manager, owner):
    run = services.apply_import(run=started(manager, f"{HEADER}\n{GOOD}\n"), by=manager)
    patient = Patient.objects.get()
    assert (run.status, run.applied_by) == ("done", manager)
    assert (patient.mrn, patient.sex, patient.birth_date) == ("P1", "male", date(1980, 3, 5))
    assert search_patients(owner, "lixiaolong")[0].patient == patient
    assert Event.objects.filter(action="import.row", patient_id=patient.pk).count() == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",李,男,1980-01-01", (2, "mrn", "missing")),
        ("P,,男,1980-01-01", (2, "", "no-name")),
        ("P,李,男,1980-02-30", (2, "birth_date", "bad-date")),
        ("P,李,男,昨天", (2, "birth_date", "bad-date")),
        ("P,李,男,2999-01-01", (2, "birth_date", "in-the-future")),
        ("P,李,男,1700-01-01", (2, "birth_date", "too-old")),
        ("P,李,猫,1980-01-01", (2, "sex", "unknown-choice")),
        ("P,李,男", (2, "", "wrong-width")),
        (f"P,{'李' * 81},男,1980-01-01", (2, "name_zh", "too-long")),
    ],
)
def test_plan_when_a_row_is_bad_then_row_column_and_reason(manager, row, problem):
    run = started(manager, f"{HEADER}\n{row}\n{GOOD}\n")
    assert (codes(run), counts(run)) == ([problem], (1, 0, 1))


def test_apply_when_some_rows_are_bad_then_the_good_ones_go_in(manager):
    run = services.apply_import(run=started(manager, f"{HEADER}\nP0,坏,男,x\n{GOOD}\n"), by=manager)
    assert counts(run) == (1, 0, 1)
    assert list(Patient.objects.values_list("mrn", flat=True)) == ["P1"]


def test_import_when_repeated_then_everything_is_there_already(manager):
    services.apply_import(run=started(manager, f"{HEADER}\n{GOOD}\n{GOOD}\n"), by=manager)
    assert counts(started(manager, f"{HEADER}\n{GOOD}\n")) == (0, 1, 0)
    assert Patient.objects.count() == 1


def test_plan_when_the_number_is_somebody_else_then_nothing_is_overwritten(manager, patient):
    run = started(manager, f"{HEADER}\n{patient.mrn},别人,女,1991-01-01\n")
    assert codes(run) == [(2, "mrn", "conflict")]


def test_plan_when_two_patients_share_an_identifier_then_the_second_is_refused(manager):
    rows = "P1,李,男,1980-01-01,11010119800101123X\nP2,王,男,1981-01-01,11010119800101123x\n"
    assert codes(started(manager, f"{HEADER},身份证号\n{rows}")) == [(3, "national_id", "id-taken")]


def test_apply_when_done_already_then_refused(manager):
    run = services.apply_import(run=started(manager, f"{HEADER}\n{GOOD}\n"), by=manager)
    with pytest.raises(ConflictError):
        services.apply_import(run=run, by=manager)


def test_start_when_the_file_is_empty_then_refused(manager):
    with pytest.raises(EmptyFileError):
        started(manager, b" \n")


def test_start_when_columns_are_unknown_then_kept_as_refused(manager):
    run = started(manager, "foo,bar\n1,2\n")
    assert (run.status, run.status_reason) == ("refused", "unknown-columns")
    assert read_blob(run.blob) == b"foo,bar\n1,2\n"


def test_encounters_when_imported_twice_then_once(manager, owner, patient):
    text = f"mrn,kind,started_at,ended_at,department\n{patient.mrn},住院,2024-03-05 08:00,2024-03-09,儿科\n"
    for _ in range(2):
        services.apply_import(run=started(manager, text, "encounters"), by=manager)
    row = Encounter.objects.get()
    assert (row.kind, row.status, row.department) == ("inpatient", "finished", Department.objects.get())


def test_encounters_when_patient_is_unknown_then_said_so(manager):
    run = started(manager, "mrn,started_at\nNOBODY,2024-03-05\n", "encounters")
    assert codes(run) == [(2, "mrn", "unknown-patient")]


LAB = "mrn,test,value,unit,reference_low,reference_high,observed_at"


@pytest.mark.parametrize("test", ["718-7", "hb", "血红蛋白", "Haemoglobin"])
def test_results_when_named_so_then_the_same_test(manager, owner, patient, test):
    run = started(manager, f"{LAB}\n{patient.mrn},{test},141,g/L,130,175,2024-03-05 08:00\n", "observations")
    services.apply_import(run=run, by=manager)
    row = Observation.objects.get()
    assert (row.code, row.value_number, row.reference_low, row.recorded_by) == ("718-7", 141, 130, manager)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("hb,abc,g/L,,,2024-03-05", (2, "value", "bad-number")),
        ("hb,9000,g/L,,,2024-03-05", (2, "value", "implausible")),
        ("hb,14.1,g/dL,,,2024-03-05", (2, "unit", "other-unit")),
        ("unobtainium,1,,,,2024-03-05", (2, "test", "unknown-test")),
        ("hb,141,g/L,175,130,2024-03-05", (2, "reference_low", "range-order")),
        ("hb,141,g/L,,,soon", (2, "observed_at", "bad-moment")),
        ("hb,141,g/L,,,2999-01-01", (2, "observed_at", "in-the-future")),
    ],
)
def test_results_when_a_row_is_bad_then_said_so(manager, patient, row, problem):
    run = started(manager, f"{LAB}\n{patient.mrn},{row}\n", "observations")
    assert codes(run) == [problem]


def test_results_when_imported_twice_then_once(manager, patient):
    text = f"{LAB}\n{patient.mrn},hb,141,g/L,,,2024-03-05 08:00\n"
    for _ in range(2):
        services.apply_import(run=started(manager, text, "observations"), by=manager)
    assert Observation.objects.count() == 1


def test_rejected_when_corrected_then_can_be_imported_again(manager):
    run = started(manager, f"{HEADER}\nP0,李,男,1980-13-01\n{GOOD}\n")
    text = rejected_csv(services.plan_of(run), services.problems_of(run), "row", "reason").decode("utf-8-sig")
    assert counts(started(manager, text.replace("1980-13-01", "1980-12-01"))) == (1, 0, 0)


def test_rejected_when_a_cell_is_a_formula_then_harmless(manager):
    run = started(manager, f"{HEADER}\n=cmd(),李,男,x\n")
    assert b"'=cmd()" in rejected_csv(services.plan_of(run), services.problems_of(run), "row", "reason")


def test_report_when_stored_then_encrypted(manager):
    run = started(manager, f"{HEADER}\nP0,李,男,私密内容\n")
    raw = type(run).objects.extra(select={"raw": "report"}).values_list("raw", flat=True)[0]
    assert "私密内容" not in raw
    assert all("私密内容" not in str(event.detail) for event in Event.objects.all())


def test_patients_when_many_then_written_in_portions(manager, monkeypatch):
    monkeypatch.setattr(services, "ROWS_AT_ONCE", 3)
    rows = "\n".join(f"P{n},李{n},男,1980-01-01" for n in range(10))
    run = services.apply_import(run=started(manager, f"{HEADER}\n{rows}\n"), by=manager)
    assert (run.created_count, Patient.objects.count()) == (10, 10)


def test_mrn_when_taken_between_plan_and_writing_then_that_row_is_refused(manager, owner, monkeypatch):
    run = started(manager, f"{HEADER}\n{GOOD}\nP2,王五,女,1990-01-01\n")
    plan_before = services.make_plan

    def late(table, importer):
        plan = plan_before(table, importer)
        records.patient(owner, "P1")
        return plan

    monkeypatch.setattr(services, "make_plan", late)
    done = services.apply_import(run=run, by=manager)
    assert counts(done) == (1, 0, 1)
    assert codes(done) == [(2, "", "refused")]
