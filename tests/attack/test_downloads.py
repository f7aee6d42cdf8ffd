"""What is downloaded carries neither a header of the sender's nor a formula."""

import csv
import io

import pytest
from django.urls import reverse

from diagnosis.batch.export import csv_lines, write_csv
from diagnosis.models import BatchItem
from medapp.audit.services import record
from tests.accounts.subjects import batch_run
from tests.attack.conftest import signed_in
from tests.factories import accounts, records

FORMULAS = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"]
TITLES = [
    'a"; filename="b.html',
    "a\r\nSet-Cookie: x=y",
    "../../etc/passwd",
    "‮fdp.exe",
    "报告",
    "x" * 200,
    ".",
]


@pytest.mark.parametrize("title", TITLES)
def test_attachment_is_named_without_a_way_out_of_its_header(browser, doctor, patient, title):
    row = records.attachment(patient, doctor, b"<script>alert(1)</script>")
    type(row).objects.filter(pk=row.pk).update(title=title)

    answer = browser.get(reverse("attachment", args=[row.pk]))

    name = answer.headers["Content-Disposition"]
    assert name.startswith("attachment; filename*=UTF-8''")
    assert not set(name) & set('"\r\n/\\') - {"'"}
    assert "%E2%80%AE" not in name
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == (
        "text/plain",
        "nosniff",
    )
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text.lstrip("﻿"))) for cell in row]


@pytest.mark.parametrize("formula", FORMULAS)
def test_result_of_a_batch_opens_in_a_spreadsheet_as_text(doctor, formula):
    run = batch_run(None, doctor)
    BatchItem.objects.create(run=run, row_number=1, name=formula, status="refused", reason_code="empty")

    found = cells("".join(csv_lines(run)))

    assert f"'{formula}" in found
    assert formula not in found


def test_result_written_by_the_command_names_the_files_as_they_are(doctor):
    # A program compares it with the names in the folder; it is not made for a spreadsheet.
    run, target = batch_run(None, doctor), io.StringIO()
    BatchItem.objects.create(run=run, row_number=1, name="=1+1", status="refused", reason_code="empty")

    write_csv(run, target)

    assert "=1+1" in cells(target.getvalue())


@pytest.mark.parametrize("formula", FORMULAS)
def test_trail_opens_in_a_spreadsheet_as_text(db, formula):
    record(action="test", by=accounts.user(display_name=formula), detail={"code": formula})
    officer = signed_in(accounts.user("privacy_officer"))

    found = cells(officer.get(reverse("accountability-log-csv")).content.decode())

    assert formula not in found
    assert any(cell.startswith("'") for cell in found)
