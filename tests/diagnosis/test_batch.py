"""A table of texts through jobs: every row answered, nothing done twice, bad rows reported."""

import csv
import io

import pytest

from diagnosis.batch.export import write_csv
from diagnosis.batch.services import cancel_run
from diagnosis.batch.sources import Input, files_of_folder, rows_of_table, subjects_of_cohort
from diagnosis.batch.start import BATCH_KIND, start_run
from diagnosis.errors import UnusableTableError
from diagnosis.models import BatchItem, BatchRun, Cohort
from medapp.audit.models import Event
from medapp.errors import InvalidInputError
from medapp.jobs.models import Job
from medapp.jobs.runner import run_kind
from medapp.registry.queries import champion
from tests.factories import accounts
from tests.factories import diagnosis as factory

pytestmark = pytest.mark.django_db
HEART = "高血压十年，头晕胸闷"
LIVER = "乙肝大三阳，转氨酶升高"


def _start(texts, by=None, **options):
    inputs = [
        Input(str(n), text.encode(), reason_code="" if text else "empty") for n, text in enumerate(texts, 1)
    ]
    version = champion("zh-department")
    return start_run(
        version=version,
        inputs=inputs,
        source="rows",
        title="t",
        by=by or accounts.user("researcher"),
        **options,
    )


def _exported(run):
    target = io.StringIO()
    write_csv(run, target)
    return list(csv.DictReader(io.StringIO(target.getvalue())))


@pytest.mark.usefixtures("packs")
def test_run_then_one_row_for_each_input_in_order():
    run = _start([HEART, "", LIVER])

    run_kind(BATCH_KIND, "test")

    rows = _exported(run)
    assert [(row["input"], row["status"], row["label"]) for row in rows] == [
        ("1", "scored", "cardiology"),
        ("2", "refused", ""),
        ("3", "scored", "hepatology"),
    ]
    assert sum(float(value) for key, value in rows[0].items() if key.startswith("p_")) == pytest.approx(
        1, abs=1e-4
    )
    run.refresh_from_db()
    assert run.status == "done"


@pytest.mark.usefixtures("packs")
def test_run_when_started_twice_then_it_is_the_same_run_and_no_new_work():
    researcher = accounts.user("researcher")
    first = _start([HEART], researcher)
    run_kind(BATCH_KIND, "test")

    second = _start([HEART], researcher)

    assert first == second
    assert run_kind(BATCH_KIND, "test") == 0


@pytest.mark.usefixtures("packs")
def test_run_when_some_inputs_were_scored_before_then_only_the_rest_is_work():
    researcher = accounts.user("researcher")
    _start([HEART], researcher)
    run_kind(BATCH_KIND, "test")

    larger = _start([HEART, LIVER], researcher)

    assert larger.items.filter(status="waiting").count() == 1
    assert larger.items.get(row_number=1).output["label"] == "cardiology"


@pytest.mark.usefixtures("packs")
def test_run_when_cancelled_and_started_again_then_it_goes_on():
    researcher = accounts.user("researcher")
    run = cancel_run(run=_start([HEART], researcher), by=researcher)
    assert run.status == "cancelled"

    again = _start([HEART], researcher)
    run_kind(BATCH_KIND, "test")

    again.refresh_from_db()
    assert (again.pk, again.status) == (run.pk, "done")


@pytest.mark.usefixtures("packs")
def test_run_when_scope_is_ignored_then_each_row_says_so():
    run = _start(["明天下午三点在图书馆门口集合，带上篮球和水。"], ignore_scope=True)

    run_kind(BATCH_KIND, "test")

    [row] = _exported(run)
    assert row["status"] == "scored"
    assert row["reason"].startswith("scope-ignored")


@pytest.mark.usefixtures("packs")
def test_run_when_nothing_is_in_it_then_refused():
    with pytest.raises(InvalidInputError):
        _start([])

    assert not BatchRun.objects.exists()


@pytest.mark.usefixtures("packs")
def test_texts_lie_encrypted_and_job_payloads_hold_ids_only():
    _start([HEART])

    assert HEART not in str(list(Job.objects.values())) + str(
        list(BatchItem.objects.values("output", "input_digest"))
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_table_when_in_a_usual_encoding_and_delimiter_then_read(encoding, delimiter):
    table = f"id{delimiter}text\n1{delimiter}{HEART}\n".encode(encoding)

    assert [one.content.decode() for one in rows_of_table(table)] == [HEART]


def test_table_when_a_row_is_broken_then_reported_and_the_rest_goes_on():
    table = f"title,question\n头晕,{HEART}\n只有一列\n肝病,{LIVER}\n".encode("gb18030")

    assert [one.reason_code for one in rows_of_table(table)] == ["", "broken-row", ""]


def test_table_when_columns_are_missing_then_refused_in_words():
    with pytest.raises(UnusableTableError):
        list(rows_of_table(b"name,age\na,3\n"))


def test_folder_is_read_in_order_without_hidden_files_and_links_outside(tmp_path):
    (tmp_path / "in" / "b").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"s")
    (tmp_path / "in" / "b" / "x.png").write_bytes(b"x")
    (tmp_path / "in" / "a.png").write_bytes(b"")
    (tmp_path / "in" / ".hidden").write_bytes(b"h")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "secret")

    found = [(one.name, one.reason_code) for one in files_of_folder(tmp_path / "in")]

    assert found == [("a.png", "empty-file"), ("b/x.png", ""), ("link.png", "outside-folder")]


@pytest.mark.usefixtures("packs")
def test_cohort_when_scored_then_every_patient_has_an_event_and_a_researcher_sees_no_number():
    patient = accounts.patient(mrn="M-4711")
    note = factory.note(patient, accounts.user(), HEART)
    researcher = accounts.user("researcher")
    cohort = Cohort.objects.create(name="everybody")

    inputs = list(subjects_of_cohort(cohort, "text-classification", researcher))
    start_run(version=champion("zh-department"), inputs=inputs, source="cohort", title="t", by=researcher)

    assert [one.subject for one in inputs] == [note]
    assert "4711" not in inputs[0].name
    assert Event.objects.filter(action="model.run", patient_id=patient.pk).count() == 1
