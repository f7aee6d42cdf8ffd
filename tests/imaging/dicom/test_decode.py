"""Budgets before allocation; every kind of pixel on its way to the screen."""

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless, RLELossless

from imaging.dicom.codestream import FrameSize, frame_size
from imaging.dicom.decode import decode_frame
from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import Limits
from imaging.dicom.present import Window, apply_window, present, raw_frame
from imaging.dicom.render import encode_image
from tests.factories import dicom as build

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def refused(data: bytes, frame: int = 0, limits: Limits | None = None) -> DicomRefusedError:
    with pytest.raises(DicomRefusedError) as caught:
        decode_frame(data, frame, limits or Limits())
    return caught.value


def test_two_kilobytes_that_unpack_to_144_million_pixels_are_refused() -> None:
    bomb = build.jpeg2000_bomb()
    assert len(bomb) < 3000
    refusal = refused(bomb)
    assert refusal.code == Code.PIXEL_BUDGET_EXCEEDED
    assert refusal.params["rows"] == 12000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Rows": 65535, "Columns": 65535}, Code.PIXEL_BUDGET_EXCEEDED),
        ({"Rows": 0}, Code.INVALID_IMAGE_ATTRIBUTES),
        ({"BitsAllocated": 7}, Code.INVALID_IMAGE_ATTRIBUTES),
        ({"BitsStored": 99}, Code.INVALID_IMAGE_ATTRIBUTES),
        ({"SamplesPerPixel": 200}, Code.INVALID_IMAGE_ATTRIBUTES),
        ({"Rows": 4000}, Code.TRUNCATED),
        ({"NumberOfFrames": 99}, Code.TRUNCATED),
        ({"NumberOfFrames": 2_000_000_000}, Code.PIXEL_BUDGET_EXCEEDED),
        ({"PixelData": None}, Code.NO_PIXELS),
    ],
)
def test_impossible_images_are_refused_by_name(changes: dict[str, int | None], code: Code) -> None:
    assert refused(build.file_bytes(**changes)).code == code


def test_unknown_transfer_syntax_is_refused_with_its_name() -> None:
    made = build.dataset()
    made.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x08\0\0\0" + b"\0" * 8
    made["PixelData"].is_undefined_length = True
    refusal = refused(build.file_bytes(made, "1.2.840.10008.1.2.4.100"))
    assert refusal.code == Code.UNSUPPORTED_TRANSFER_SYNTAX
    assert "MPEG2" in str(refusal.params["name"])


def test_codestream_of_another_size_than_the_header_is_refused() -> None:
    assert refused(build.jpeg2000_bomb(128, 128)).code == Code.CODESTREAM_MISMATCH


def test_frame_beyond_the_last_is_refused() -> None:
    assert refused(build.file_bytes(), frame=1).code == Code.NO_SUCH_FRAME


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless])
def test_compressed_pixels_come_back_as_they_were(syntax: str) -> None:
    made = build.dataset(np.arange(3072, dtype=np.uint16).reshape(48, 64))
    data = build.file_bytes(made)
    made.compress(syntax, encoding_plugin="pylibjpeg")
    frame = decode_frame(build.file_bytes(made, syntax))
    assert np.array_equal(frame.pixels, decode_frame(data).pixels)


def test_size_is_read_from_the_codestream() -> None:
    jpeg = encode_image(np.zeros((30, 50), np.uint8), "jpeg")
    assert frame_size(jpeg) == FrameSize(rows=30, columns=50, components=1, bits=8)
    assert frame_size(b"nothing of the kind") is None


def test_lowest_value_of_monochrome1_is_white() -> None:
    frame = decode_frame(build.file_bytes(pixels=RAMP, PhotometricInterpretation="MONOCHROME1"))
    shown = present(frame, Window(128, 256))
    assert (shown[0, 0], shown[-1, -1]) == (255, 0)


def test_signed_values_with_slope_are_windowed_in_their_unit() -> None:
    pixels = np.array([[-1000, -160], [40, 240]], np.int16)
    frame = decode_frame(build.file_bytes(pixels=pixels, RescaleSlope="1", RescaleIntercept="0"))
    assert present(frame, Window(40, 400)).tolist() == [[0, 0], [128, 255]]


@pytest.mark.parametrize(
    ("kind", "values"), [("uint16", (0, 65535)), ("int16", (-32768, 32767)), ("uint8", (0, 255))]
)
def test_raw_values_give_back_the_stored_ones(kind: str, values: tuple[int, int]) -> None:
    pixels = np.array([values, values], np.dtype(kind))
    stored, described = raw_frame(decode_frame(build.file_bytes(pixels=pixels, RescaleIntercept="-5")))
    units = stored.astype(float) * described["slope"] + described["intercept"]
    assert stored.dtype == np.dtype("<i2")
    assert units[0].tolist() == [values[0] - 5, values[1] - 5]


def test_wide_values_keep_their_range_in_sixteen_bits() -> None:
    pixels = np.array([[0, 4_000_000_000], [10, 2_000_000_000]], np.uint32)
    stored, described = raw_frame(decode_frame(build.file_bytes(pixels=pixels)))
    units = stored.astype(float) * described["slope"] + described["intercept"]
    assert units[0, 1] == pytest.approx(4_000_000_000, rel=1e-4)


def test_not_a_number_is_shown_black() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 0.5], np.float32)
    assert apply_window(values, Window(0.5, 1.0)).tolist() == [0, 255, 0, 128]


@pytest.mark.parametrize("width", ["0", "-5", "0.5"])
def test_unusable_window_falls_back_to_a_fit(width: str) -> None:
    frame = decode_frame(build.file_bytes(WindowCenter="40", WindowWidth=width))
    assert present(frame).std() > 40


def test_blank_image_is_shown_without_a_warning() -> None:
    shown = present(decode_frame(build.file_bytes(pixels=np.full((8, 8), 7, np.uint16))))
    assert shown.shape == (8, 8)


def test_colour_stays_colour() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[..., 0] = 200
    shown = present(decode_frame(build.file_bytes(pixels=pixels)))
    assert shown[0, 0].tolist() == [200, 0, 0]


def test_palette_is_applied() -> None:
    shown = present(decode_frame(build.public_test_file("examples_palette.dcm").read_bytes()))
    assert shown.ndim == 3
    assert shown.std() > 20


def test_thumbnail_keeps_the_sides_ratio() -> None:
    image = encode_image(np.zeros((100, 400), np.uint8), "png", longest_side=64)
    assert image[16:24] == (64).to_bytes(4) + (16).to_bytes(4)
