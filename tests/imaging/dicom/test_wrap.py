"""A picture wrapped as DICOM reads back as what it was, under UIDs that never change."""

from datetime import date

import numpy as np
import pytest

from imaging.dicom.decode import decode_frame
from imaging.dicom.present import Window, present
from imaging.dicom.read import read_header
from imaging.dicom.render import encode_image
from imaging.dicom.values import is_valid_uid
from imaging.dicom.wrap import WrapAttributes, age_string, uid_for, wrap_image

PICTURE = np.linspace(0, 255, 40 * 30).astype(np.uint8).reshape(40, 30)
ATTRIBUTES = WrapAttributes(
    uid_key="demo/1",
    patient_name="Li^Na=李^娜",
    dicom_patient_id="D0001",
    patient_birth_date=date(2020, 3, 4),
    patient_sex="F",
    study_date=date(2024, 5, 6),
    body_part_examined="CHEST",
    view_position="AP",
)


def test_wrapped_picture_reads_back() -> None:
    data = wrap_image(encode_image(PICTURE, "png"), ATTRIBUTES)
    header = read_header(data)
    assert (header.modality, header.body_part_examined, header.patient_age_years) == ("CR", "CHEST", 4.0)
    assert header.patient_name is not None
    assert header.patient_name.ideographic == "李 娜"
    shown = present(decode_frame(data), Window(127.5, 256))
    assert np.abs(shown.astype(int) - PICTURE).max() <= 1


def test_wrapping_twice_gives_the_same_bytes() -> None:
    picture = encode_image(PICTURE, "jpeg")
    assert wrap_image(picture, ATTRIBUTES) == wrap_image(picture, ATTRIBUTES)


def test_uids_differ_by_key_and_are_valid() -> None:
    assert uid_for("a") != uid_for("b")
    assert is_valid_uid(uid_for("a"))


def test_grey_pictures_saved_as_colour_become_grey() -> None:
    colored = np.repeat(PICTURE[..., None], 3, axis=2)
    assert read_header(wrap_image(encode_image(colored, "png"), ATTRIBUTES)).samples_per_pixel == 1


@pytest.mark.parametrize(
    ("birth", "text"), [(date(2024, 4, 20), "002W"), (date(2023, 5, 7), "011M"), (date(2010, 5, 7), "013Y")]
)
def test_age_is_written_in_the_unit_that_suits(birth: date, text: str) -> None:
    assert age_string(birth, date(2024, 5, 6)) == text
