"""Names cannot turn the direction of what stands beside them, nor break out of their line."""

import pytest

from medapp.typed import harmless_cell, plain_line, whole_number
from tests.factories import imaging

TURNED = "王‮小⁦明\r\n\x00"


@pytest.mark.parametrize(
    "text, line",
    [(TURNED, "王小明"), ("a\tb", "a b"), ("  李 娜 ", "李 娜"), ("O’Brien-Łuka", "O’Brien-Łuka")],
)
def test_line_keeps_its_letters_and_loses_its_turns(text, line):
    assert plain_line(text) == line


@pytest.mark.parametrize(
    "text, number", [("12", 12), ("²", None), ("-1", None), ("9" * 5000, None), ("٣", None)]
)
def test_number_is_read_or_left(text, number):
    assert whole_number(text) == number


def test_cell_that_is_no_formula_stays():
    assert harmless_cell("IM-1.dcm") == "IM-1.dcm"


def test_name_of_a_patient_and_of_a_file_is_a_plain_line(doctor):
    patient = imaging.make_patient(doctor, name_zh=TURNED)

    [file] = imaging.send(b"x", by=doctor, patient=patient, name=f"{TURNED}fdp.exe")

    assert patient.name_zh == "王小明"
    assert file.name == "王小明 fdp.exe"
