"""What a model gets to see of a stored image."""

import numpy as np
import pytest

from imaging.errors import UnreadableImageError
from imaging.queries import model_input
from tests.factories import dicom as build
from tests.factories.imaging import make_instance, send


def test_model_sees_the_picture_as_it_is_presented(doctor, patient) -> None:
    instance = make_instance(
        doctor, patient, BodyPartExamined="CHEST", ViewPosition="PA", StudyDate="20240501"
    )
    seen = model_input(instance)
    assert (seen.pixels.dtype, seen.pixels.shape) == (np.uint8, (64, 80))
    assert (seen.modality, seen.body_part, seen.view) == ("DX", "CHEST", "PA")
    assert seen.age_years == pytest.approx(6.0, abs=0.01)


def test_inverted_pictures_are_turned_right(doctor, patient) -> None:
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))
    data = build.file_bytes(PatientID=patient.mrn, pixels=ramp, PhotometricInterpretation="MONOCHROME1")
    [file] = send(data, by=doctor, patient=patient)
    pixels = model_input(file.instance).pixels
    assert pixels[0, 0] > pixels[0, -1]


def test_age_comes_from_the_header_where_the_study_has_no_day(doctor, patient) -> None:
    instance = make_instance(doctor, patient, StudyDate="", PatientAge="018M")
    assert model_input(instance).age_years == 1.5


def test_object_without_pixels_is_a_named_refusal(doctor, patient) -> None:
    made = build.dataset(PatientID=patient.mrn, Modality="SR", PixelData=None, Rows=None, Columns=None)
    [file] = send(build.file_bytes(made), by=doctor, patient=patient)
    with pytest.raises(UnreadableImageError) as caught:
        model_input(file.instance)
    assert caught.value.params["verdict"] == "no-pixels"
