"""Stored values to what an eye or a model sees: modality LUT, VOI window, inversion (PS3.3 C.11)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.pixels.processing import apply_modality_lut, apply_voi

from imaging.dicom.decode import Frame
from imaging.dicom.functional import functional_value
from imaging.dicom.values import finite_floats

SAMPLE_PIXELS = 400_000
PERCENTILES = (0.5, 99.5)


@dataclass(frozen=True)
class Window:
    """Centre and width in modality units (after slope and intercept)."""

    center: float
    width: float
    function: str = "LINEAR"


def present(frame: Frame, window: Window | None = None, *, invert: bool = False) -> np.ndarray:
    """uint8 [rows, columns] or [rows, columns, 3]; without a window the file's own, else a fit."""
    if frame.is_color:
        shown = color_to_uint8(frame)
        return 255 - shown if invert else shown
    pixels = frame.pixels
    if pixels.dtype.kind in "ui" and pixels.dtype.itemsize <= 2:
        # 65,536 possible values at most: compute each once, then look up.
        low = int(pixels.min())
        domain = np.arange(low, int(pixels.max()) + 1, dtype=pixels.dtype)
        shown = display_values(domain, frame, window)[pixels.astype(np.int32) - low]
    else:
        shown = display_values(pixels, frame, window)
    return 255 - shown if invert != frame.is_inverted else shown


def display_values(stored: np.ndarray, frame: Frame, window: Window | None) -> np.ndarray:
    """uint8 for each stored value, not yet inverted."""
    values = modality_values(stored, frame)
    if window is None:
        window = file_window(frame)
        through_table = _voi_table(values, frame) if window is None else None
        if through_table is not None:
            return through_table
    return apply_window(values, window or fitted_window(frame))


def modality_values(stored: np.ndarray, frame: Frame) -> np.ndarray:
    """Modality units, float32. Unusable slopes (zero, NaN, infinite) count as absent."""
    if "ModalityLUTSequence" in frame.dataset and stored.dtype.kind in "ui":
        try:
            return apply_modality_lut(stored, frame.dataset).astype(np.float32)
        except Exception:  # a malformed table is as good as none
            return stored.astype(np.float32)
    slope, intercept = rescale(frame)
    return stored.astype(np.float32) * np.float32(slope) + np.float32(intercept)


def rescale(frame: Frame) -> tuple[float, float]:
    def value(keyword: str, default: float) -> float:
        found = finite_floats(functional_value(frame.dataset, keyword, frame.index))
        return found[0] if found else default

    slope = value("RescaleSlope", 1.0)
    return (slope if slope != 0 else 1.0), value("RescaleIntercept", 0.0)


def file_window(frame: Frame) -> Window | None:
    """The first usable window that the file names for this frame."""
    centers = finite_floats(functional_value(frame.dataset, "WindowCenter", frame.index))
    widths = finite_floats(functional_value(frame.dataset, "WindowWidth", frame.index))
    function = str(frame.dataset.get("VOILUTFunction", "LINEAR")).upper()
    for center, width in zip(centers, widths, strict=False):
        if width > 0 and (width >= 1 or function != "LINEAR"):
            return Window(center, width, function)
    return None


def fitted_window(frame: Frame) -> Window:
    """From the 0.5th to the 99.5th percentile of what is no padding and no NaN."""
    stored = _sample(frame.pixels)
    padding = frame.dataset.get("PixelPaddingValue")
    if isinstance(padding, int) and (stored != padding).any():
        stored = stored[stored != padding]
    values = modality_values(stored, frame)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return Window(0.5, 1.0)
    low, high = (float(level) for level in np.percentile(values, PERCENTILES))
    if high <= low:
        low, high = float(values.min()), float(values.max())
    return Window((low + high) / 2 + 0.5, max(1e-6, high - low) + 1.0, "LINEAR")


def _sample(pixels: np.ndarray) -> np.ndarray:
    step = max(1, int((pixels.size / SAMPLE_PIXELS) ** 0.5))
    return pixels[::step, ::step].ravel()


def apply_window(values: np.ndarray, window: Window) -> np.ndarray:
    """PS3.3 C.11.2.1.2 and C.11.2.1.3; NaN becomes black."""
    center, width = np.float32(window.center), np.float32(max(window.width, 1e-6))
    if window.function == "SIGMOID":
        exponent = np.clip(-4 * (values - center) / width, -60, 60)
        shares = 1 / (1 + np.exp(exponent))
    elif window.function == "LINEAR_EXACT" or width <= 1:
        shares = (values - center) / width + 0.5
    else:
        shares = (values - (center - 0.5)) / (width - 1) + 0.5
    shares = np.nan_to_num(shares, nan=0.0, posinf=1.0, neginf=0.0)
    return (np.clip(shares, 0, 1) * 255 + 0.5).astype(np.uint8)


def _voi_table(values: np.ndarray, frame: Frame) -> np.ndarray | None:
    if "VOILUTSequence" not in frame.dataset:
        return None
    try:
        shown = apply_voi(values.astype(np.int32), frame.dataset).astype(np.float32)
    except Exception:  # a malformed table is as good as none
        return None
    span = float(shown.max() - shown.min()) or 1.0
    return ((shown - shown.min()) / span * 255 + 0.5).astype(np.uint8)


def color_to_uint8(frame: Frame) -> np.ndarray:
    pixels = frame.pixels
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind == "f":
        return apply_window(pixels, Window(0.5, 1.0, "LINEAR_EXACT"))
    shift = max(0, (frame.header.bits_stored or 8) - 8)
    return (pixels >> shift).clip(0, 255).astype(np.uint8)


def raw_frame(frame: Frame) -> tuple[np.ndarray, dict[str, Any]]:
    """Values for windowing in the browser, and what is needed to draw them.

    Grey: little-endian int16 with value = stored * slope + intercept. Colour: uint8 RGB.
    """
    if frame.is_color:
        return color_to_uint8(frame), _described(frame, "rgb8", 1.0, 0.0, Window(127.5, 256.0))
    stored, slope, intercept = _as_int16(frame)
    window = file_window(frame) or fitted_window(frame)
    return stored.astype("<i2"), _described(frame, "gray16", slope, intercept, window)


def _as_int16(frame: Frame) -> tuple[np.ndarray, float, float]:
    pixels = frame.pixels
    if "ModalityLUTSequence" in frame.dataset:
        pixels = modality_values(pixels, frame)
        slope, intercept = 1.0, 0.0
    else:
        slope, intercept = rescale(frame)
    if pixels.dtype.kind in "ui" and pixels.dtype.itemsize <= 2:
        if pixels.dtype != np.uint16 or int(pixels.max()) <= 32767:
            return pixels.astype(np.int16), slope, intercept
        return (pixels.astype(np.int32) - 32768).astype(np.int16), slope, intercept + 32768 * slope
    return _quantized(pixels, slope, intercept)


def _quantized(pixels: np.ndarray, slope: float, intercept: float) -> tuple[np.ndarray, float, float]:
    """Wide integers and floats on 65,536 even steps; NaN takes the lowest."""
    values = pixels.astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    step = (high - low) / 65535 or 1.0
    values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    stored = np.rint((values - low) / step - 32768).astype(np.int16)
    return stored, slope * step, intercept + slope * (low + 32768 * step)


def _described(frame: Frame, kind: str, slope: float, intercept: float, window: Window) -> dict[str, Any]:
    header = frame.header
    return {
        "kind": kind,
        "rows": header.rows,
        "columns": header.columns,
        "slope": slope,
        "intercept": intercept,
        "window_center": window.center,
        "window_width": window.width,
        "is_inverted": frame.is_inverted and not frame.is_color,
        "pixel_spacing": header.pixel_spacing or header.imager_pixel_spacing,
        "frame": frame.index,
        "number_of_frames": header.number_of_frames,
    }
