"""What the sandbox can be asked for. Each takes a mapped file and plain parameters and gives a
JSON-able answer with one payload of bytes; nothing else ever crosses back."""

import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from imaging.dicom.dataset import open_file
from imaging.dicom.decode import Frame, decode_frame, decode_frame_of
from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import Limits
from imaging.dicom.picture import decode_picture
from imaging.dicom.present import Window, present, raw_frame
from imaging.dicom.read import header_of, read_header
from imaging.dicom.render import encode_image
from imaging.dicom.scan import Buffer

Answer: TypeAlias = tuple[dict[str, Any], bytes | memoryview]
Operation: TypeAlias = Callable[[Buffer, dict[str, Any], Limits], Answer]

THUMBNAIL_PIXELS = 192


def header_operation(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> Answer:
    return {"header": read_header(buffer, limits).to_dict()}, b""


def inspect_operation(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> Answer:
    """Header, and proof that the first frame decodes: its thumbnail (JPEG)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = open_file(buffer, limits)
        header = header_of(file)
        if not header.has_pixels:
            if header.rows or header.columns:
                raise DicomRefusedError(Code.NO_PIXELS)
            return {"header": header.to_dict()}, b""
        frame = decode_frame_of(file, header, 0, limits)
        shown = present(frame)
    thumbnail = encode_image(shown, "jpeg", longest_side=THUMBNAIL_PIXELS)
    return {"header": header.to_dict()}, thumbnail


def raw_operation(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> Answer:
    pixels, described = raw_frame(_frame(buffer, parameters, limits))
    return described, _bytes_of(pixels)


def present_operation(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> Answer:
    shown = _presented(buffer, parameters, limits)
    return {"shape": list(shown.shape)}, _bytes_of(shown)


def render_operation(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> Answer:
    shown = _presented(buffer, parameters, limits)
    side = parameters.get("longest_side")
    return {}, encode_image(shown, parameters["image_format"], longest_side=side)


def picture_operation(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> Answer:
    """A plain JPEG or PNG as pixels."""
    shown = decode_picture(buffer, limits)
    return {"shape": list(shown.shape)}, _bytes_of(shown)


def _bytes_of(pixels: np.ndarray) -> memoryview:
    return np.ascontiguousarray(pixels).data.cast("B")


def _frame(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> Frame:
    return decode_frame(buffer, int(parameters.get("frame", 0)), limits)


def _presented(buffer: Buffer, parameters: dict[str, Any], limits: Limits) -> np.ndarray:
    frame = _frame(buffer, parameters, limits)
    window = None
    if parameters.get("center") is not None and parameters.get("width") is not None:
        window = Window(float(parameters["center"]), float(parameters["width"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return present(frame, window, invert=bool(parameters.get("invert", False)))


OPERATIONS: dict[str, Operation] = {
    "header": header_operation,
    "inspect": inspect_operation,
    "raw": raw_operation,
    "present": present_operation,
    "render": render_operation,
    "picture": picture_operation,
}
