"""Headers of good files, and the name that each bad one is refused by."""

from datetime import date

import pytest

from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.header import Header
from imaging.dicom.limits import Limits
from imaging.dicom.read import read_header
from tests.factories import dicom as build

GOOD = build.file_bytes()
HTML_PREAMBLE = b"<html><script>".ljust(128, b" ") + GOOD[128:]


def refused(data: bytes, limits: Limits | None = None) -> Code:
    with pytest.raises(DicomRefusedError) as caught:
        read_header(data, limits or Limits())
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.EMPTY_FILE),
        (b"x", Code.NOT_DICOM),
        (b"This is a letter, not an image.\n" * 40, Code.NOT_DICOM),
        (b"\0" * 128 + b"DICM", Code.TRUNCATED),
        (GOOD[: len(GOOD) // 2], Code.TRUNCATED),
        (build.file_bytes(SOPInstanceUID=None), Code.MISSING_IDENTIFIERS),
        (build.with_uid(b"../../etc/passwd"), Code.INVALID_UID),
        (build.with_uid(b"1.2.3\0.4/x"), Code.INVALID_UID),
        (build.with_uid(b"1." * 59 + b"1"), Code.INVALID_UID),
        (build.with_uid("１.２.３".encode()), Code.INVALID_UID),
        (build.nested_sequences(50_000), Code.NESTING_TOO_DEEP),
        (build.many_elements(500_000), Code.ELEMENT_BUDGET_EXCEEDED),
        (build.file_bytes()[:400] + b"\xff" * 400, Code.TRUNCATED),
    ],
)
def test_header_of_a_bad_file_is_refused_by_name(data: bytes, code: Code) -> None:
    assert refused(data) == code


def test_inflated_size_is_bounded_while_inflating() -> None:
    bomb = build.deflate_bomb(8 << 20)
    assert len(bomb) < 64_000
    assert refused(bomb, Limits(max_inflated_bytes=1 << 20)) == Code.INFLATE_BUDGET_EXCEEDED


def test_a_cut_at_any_place_is_an_image_or_a_named_refusal() -> None:
    cuts = range(0, len(GOOD), 64)
    assert len(cuts) > 50
    for cut in cuts:
        try:
            header = read_header(GOOD[:cut])
        except DicomRefusedError as refusal:
            assert refusal.code in Code
        else:
            assert not header.has_pixels


def test_what_stands_in_the_preamble_does_not_matter() -> None:
    assert read_header(HTML_PREAMBLE).modality == "CT"


def test_header_carries_what_the_file_says() -> None:
    header = read_header(GOOD)
    assert header.patient_name is not None
    assert (header.patient_name.alphabetic, header.patient_name.ideographic) == ("Wang Xiaoming", "王 小明")
    assert (header.patient_birth_date, header.patient_age_years) == (date(2018, 5, 1), 5.0)
    assert (header.rows, header.columns, header.body_part_examined) == (48, 64, "CHEST")
    assert header.warnings == []


def test_header_survives_the_way_through_json() -> None:
    header = read_header(GOOD)
    assert Header.from_dict(header.to_dict()) == header


@pytest.mark.parametrize(
    ("text", "years"), [("018M", 1.5), ("010D", 0.027), ("999Y", None), ("abc", None), ("", 5.76)]
)
def test_ages_are_read_or_flagged_or_taken_from_the_dates(text: str, years: float | None) -> None:
    made = build.dataset(PatientBirthDate="20180501", PatientAge="005Y")
    data = build.with_raw_element(build.file_bytes(made), 0x0010, 0x1010, b"AS", text.encode())
    header = read_header(data)
    expected = years if years is not None else 5.76
    assert header.patient_age_years == pytest.approx(expected, abs=0.01)
    assert ("age-invalid:PatientAge" in header.warnings) == (years is None)


def test_impossible_dates_are_flagged_and_left_out() -> None:
    data = build.with_raw_element(GOOD, 0x0010, 0x0030, b"DA", b"20231345")
    header = read_header(data)
    assert header.patient_birth_date is None
    assert header.warnings == ["date-invalid:PatientBirthDate"]


def test_same_pixels_have_the_same_digest_whatever_the_header_says() -> None:
    first = read_header(build.file_bytes(PatientName="A^B"))
    second = read_header(build.file_bytes(PatientName="C^D"))
    assert first.pixel_digest == second.pixel_digest != ""


def test_not_finite_numbers_are_left_out() -> None:
    data = build.file_bytes(WindowCenter="40", WindowWidth="400", RescaleSlope="1", RescaleIntercept="0")
    data = build.with_raw_element(data, 0x0028, 0x1053, b"DS", b"nan")
    header = read_header(data)
    assert (header.rescale_slope, header.window_center) == (None, [40.0])
