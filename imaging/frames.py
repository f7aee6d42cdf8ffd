"""Pictures for the screen: decoded in the sandbox, the last few kept in memory."""

import base64
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass

from imaging.dicom import sandbox
from imaging.dicom.errors import DicomRefusedError
from imaging.dicom.sandbox import RawFrame
from imaging.errors import UnreadableImageError
from imaging.models import Instance
from medapp.vault.blobs import open_blob

CACHE_BYTES = 96 * 1024 * 1024


class FrameCache:
    """Least recently used frames up to a sum of bytes; safe for threads, one for each process."""

    def __init__(self, budget_bytes: int = CACHE_BYTES) -> None:
        self._frames: OrderedDict[tuple[str, int], RawFrame] = OrderedDict()
        self._lock, self._bytes, self._budget = threading.Lock(), 0, budget_bytes

    def get(self, key: tuple[str, int]) -> RawFrame | None:
        with self._lock:
            frame = self._frames.get(key)
            if frame is not None:
                self._frames.move_to_end(key)
            return frame

    def put(self, key: tuple[str, int], frame: RawFrame) -> None:
        if len(frame.data) > self._budget // 2:
            return
        with self._lock:
            if key in self._frames:
                return
            self._frames[key] = frame
            self._bytes += len(frame.data)
            while self._bytes > self._budget:
                _key, oldest = self._frames.popitem(last=False)
                self._bytes -= len(oldest.data)

    def clear(self) -> None:
        with self._lock:
            self._frames.clear()
            self._bytes = 0


cache = FrameCache()


@dataclass(frozen=True)
class Rendering:
    """How a picture is asked for; the window in modality units, None: as the file says."""

    image_format: str = "png"
    center: float | None = None
    width: float | None = None
    invert: bool = False
    longest_side: int | None = None


def raw_frame(instance: Instance, frame: int) -> RawFrame:
    """Values for windowing in the browser; raises UnreadableImageError."""
    key = (instance.sha256, frame)
    found = cache.get(key)
    if found is None:
        try:
            with open_blob(instance.blob) as stream:
                found = sandbox.raw_frame(stream, frame)
        except DicomRefusedError as refusal:
            raise UnreadableImageError.from_refusal(refusal) from refusal
        cache.put(key, found)
    return found


def rendered_frame(instance: Instance, frame: int, rendering: Rendering) -> bytes:
    """An image file; raises UnreadableImageError."""
    try:
        with open_blob(instance.blob) as stream:
            return sandbox.render_frame(
                stream,
                frame,
                image_format=rendering.image_format,
                center=rendering.center,
                width=rendering.width,
                invert=rendering.invert,
                longest_side=rendering.longest_side,
            )
    except DicomRefusedError as refusal:
        raise UnreadableImageError.from_refusal(refusal) from refusal


def thumbnail(instance: Instance) -> bytes | None:
    """JPEG, or None for an object without pixels."""
    stored = getattr(instance, "thumbnail", None)
    return base64.b64decode(stored.jpeg) if stored is not None else None


def description(frame: RawFrame) -> str:
    """What the browser needs to draw the values, as one header line of ASCII JSON."""
    return json.dumps(frame.described, allow_nan=False)
