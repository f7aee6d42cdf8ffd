"""Hostile files are read in another process: few rights, bounded memory and time, no file names.

`read_header(source)` and its sisters are what the application calls, from any thread and in any
process; each process keeps its own warm pool, begun at the first call and ended with the process.
Whatever a file does to its reader comes back as a DicomRefusedError.
"""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np

from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.header import Header
from imaging.dicom.limits import DEFAULT_LIMITS, Limits
from imaging.dicom.wire import WireError, receive_message, send_message

Source: TypeAlias = bytes | bytearray | memoryview | Path | int | BinaryIO

SOURCE_ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
REQUESTS_PER_READER = 200
MAX_PAYLOAD_BYTES = 1 << 30


@dataclass
class _Reader:
    """One forked process; `handle` is a pidfd, so that a reused process id is never killed."""

    sock: socket.socket
    handle: int
    requests: int = 0

    def end(self) -> None:
        self.sock.close()
        try:
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.close(self.handle)


@dataclass
class Pool:
    """Warm readers of one process. Safe for threads; never shared with a forked child."""

    size: int = field(default_factory=lambda: max(2, min(8, os.cpu_count() or 2)))
    memory_bytes: int = DEFAULT_LIMITS.memory_bytes

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(self.size)
        self._lock = threading.Lock()
        self._idle: list[_Reader] = []
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def call(
        self, operation: str, source: Source, parameters: dict[str, Any], limits: Limits
    ) -> tuple[dict[str, Any], bytearray]:
        """Answer and payload of one operation; raises DicomRefusedError."""
        deadline = time.monotonic() + limits.wall_seconds
        if not self._slots.acquire(timeout=limits.wall_seconds):
            raise DicomRefusedError(Code.READER_UNAVAILABLE)
        request = {"operation": operation, "parameters": parameters, "limits": limits.to_dict()}
        try:
            with _descriptor(source) as fd:
                head, payload = self._ask_twice(request, fd, deadline)
        finally:
            self._slots.release()
        if "refused" in head:
            raise _refusal(head)
        answer = head.get("answer")
        if not isinstance(answer, dict):
            raise DicomRefusedError(Code.READER_CRASHED)
        return answer, payload

    def _ask_twice(
        self, request: dict[str, Any], fd: int, deadline: float
    ) -> tuple[dict[str, Any], bytearray]:
        """A reader may die of something else than this file; only the second death is the file's."""
        try:
            with self._reader() as reader:
                return _ask(reader, request, fd, deadline)
        except DicomRefusedError as refusal:
            if refusal.code != Code.READER_CRASHED:
                raise
        with self._reader() as reader:
            return _ask(reader, request, fd, deadline)

    def warm_up(self, readers: int = 1) -> None:
        """Start now what would start at the first call."""
        fresh = [self._take() for _ in range(min(readers, self.size))]
        with self._lock:
            self._idle.extend(fresh)

    @contextmanager
    def _reader(self) -> Iterator[_Reader]:
        reader = self._take()
        try:
            yield reader
        except BaseException:
            reader.end()
            raise
        reader.requests += 1
        if reader.requests >= REQUESTS_PER_READER:
            reader.end()
            return
        with self._lock:
            self._idle.append(reader)

    def _take(self) -> _Reader:
        with self._lock:
            while self._idle:
                reader = self._idle.pop()
                if _is_alive(reader):
                    return reader
                reader.end()
            try:
                return self._fork()
            except (OSError, WireError):
                self._stop_nursery()
            try:
                return self._fork()
            except (OSError, WireError) as error:
                raise DicomRefusedError(Code.READER_UNAVAILABLE) from error

    def _fork(self) -> _Reader:
        control = self._control or self._start_nursery()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                send_message(control, {}, fd=theirs.fileno())
                head, _, _ = receive_message(control)
            return _Reader(ours, os.pidfd_open(int(head["pid"])))
        except (OSError, WireError):
            ours.close()
            raise

    def _start_nursery(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-Ps", "-m", "imaging.dicom.child", str(theirs.fileno())]
        with theirs:
            # The environment holds keys and passwords; a reader of hostile files gets none of it.
            self._nursery = subprocess.Popen(
                [*command, str(self.memory_bytes)],
                cwd="/",
                env={"PYTHONPATH": str(SOURCE_ROOT), "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        ours.settimeout(START_SECONDS)
        self._control = ours
        return ours

    def _stop_nursery(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._nursery is not None:
            self._nursery.kill()
            self._nursery.wait()
        self._control = self._nursery = None

    def close(self) -> None:
        """End every process of the pool; a later call begins anew."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()
            self._stop_nursery()

    def abandon(self) -> None:
        """In a forked child: let go of the parent's processes without touching them."""
        for reader in self._idle:
            reader.sock.close()
            os.close(reader.handle)
        if self._control is not None:
            self._control.close()
        if self._nursery is not None:
            self._nursery.returncode = 0  # not our child: no wait, no warning


def _is_alive(reader: _Reader) -> bool:
    """A reader with nothing to do has nothing to say: readable means gone."""
    reader.sock.setblocking(False)
    try:
        reader.sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _ask(
    reader: _Reader, request: dict[str, Any], fd: int, deadline: float
) -> tuple[dict[str, Any], bytearray]:
    reader.sock.settimeout(max(0.1, deadline - time.monotonic()))
    try:
        send_message(reader.sock, request, fd=fd)
        head, payload, _ = receive_message(reader.sock, max_payload=MAX_PAYLOAD_BYTES)
    except TimeoutError as error:
        raise DicomRefusedError(Code.READER_TIMED_OUT) from error
    except (WireError, OSError) as error:
        raise DicomRefusedError(Code.READER_CRASHED) from error
    return head, payload


def _refusal(head: dict[str, Any]) -> DicomRefusedError:
    try:
        code = Code(head["refused"])
    except ValueError:
        return DicomRefusedError(Code.READER_CRASHED)
    params = head.get("params")
    plain = params if isinstance(params, dict) else {}
    return DicomRefusedError(code, **{str(key): value for key, value in plain.items()})


@contextmanager
def _descriptor(source: Source) -> Iterator[int]:
    """A read-only descriptor of the source, closed again unless the caller owns it."""
    if isinstance(source, int):
        yield source
    elif isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream.fileno()
    elif isinstance(source, (bytes, bytearray, memoryview)):
        with _memory_file() as stream:
            stream.write(source)
            stream.flush()
            yield stream.fileno()
    else:
        with _spooled(source) as stream:
            yield stream.fileno()


@contextmanager
def _memory_file() -> Iterator[BinaryIO]:
    with os.fdopen(os.memfd_create("dicom", os.MFD_CLOEXEC), "w+b") as stream:
        yield stream


@contextmanager
def _spooled(source: BinaryIO) -> Iterator[BinaryIO]:
    """A stream that is no file (a decrypted blob) goes through memory, never over the disk."""
    with _memory_file() as stream:
        while chunk := source.read(1 << 20):
            stream.write(chunk)
        stream.flush()
        yield stream


_pool: Pool | None = None
_pool_lock = threading.Lock()


def default_pool() -> Pool:
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = Pool()
        return _pool


def close_default_pool() -> None:
    if _pool is not None:
        _pool.close()


def _forget_pool() -> None:
    global _pool, _pool_lock
    if _pool is not None:
        _pool.abandon()
    _pool, _pool_lock = None, threading.Lock()


atexit.register(close_default_pool)
os.register_at_fork(after_in_child=_forget_pool)


@dataclass(frozen=True)
class Inspection:
    """Header of a file whose first frame decodes; `thumbnail` is a JPEG, empty without pixels."""

    header: Header
    thumbnail: bytes


@dataclass(frozen=True)
class RawFrame:
    """`data`: little-endian int16 ("gray16") or RGB bytes ("rgb8"), as `described["kind"]` says."""

    data: bytearray
    described: dict[str, Any]


def read_header(source: Source, limits: Limits = DEFAULT_LIMITS) -> Header:
    answer, _ = default_pool().call("header", source, {}, limits)
    return _header(answer)


def inspect(source: Source, limits: Limits = DEFAULT_LIMITS) -> Inspection:
    answer, payload = default_pool().call("inspect", source, {}, limits)
    return Inspection(_header(answer), bytes(payload))


def raw_frame(source: Source, frame: int = 0, limits: Limits = DEFAULT_LIMITS) -> RawFrame:
    answer, payload = default_pool().call("raw", source, {"frame": frame}, limits)
    return RawFrame(payload, answer)


def present_frame(
    source: Source,
    frame: int = 0,
    *,
    center: float | None = None,
    width: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> np.ndarray:
    """uint8 [rows, columns] or [rows, columns, 3], windowed and right way round for an eye."""
    parameters = {"frame": frame, "center": center, "width": width}
    answer, payload = default_pool().call("present", source, parameters, limits)
    return _pixels(answer, payload)


def decode_picture(source: Source, limits: Limits = DEFAULT_LIMITS) -> np.ndarray:
    """uint8 [rows, columns] or [rows, columns, 3] of a plain JPEG or PNG."""
    answer, payload = default_pool().call("picture", source, {}, limits)
    return _pixels(answer, payload)


def render_frame(
    source: Source,
    frame: int = 0,
    *,
    image_format: str = "png",
    center: float | None = None,
    width: float | None = None,
    invert: bool = False,
    longest_side: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> bytes:
    """An image file of one frame; formats as in `render.FORMATS`."""
    parameters = {
        "frame": frame,
        "image_format": image_format,
        "center": center,
        "width": width,
        "invert": invert,
        "longest_side": longest_side,
    }
    _, payload = default_pool().call("render", source, parameters, limits)
    return bytes(payload)


def _pixels(answer: dict[str, Any], payload: bytearray) -> np.ndarray:
    try:
        return np.frombuffer(payload, np.uint8).reshape(answer["shape"])
    except (KeyError, ValueError, TypeError) as error:
        raise DicomRefusedError(Code.READER_CRASHED) from error


def _header(answer: dict[str, Any]) -> Header:
    try:
        return Header.from_dict(answer["header"])
    except (KeyError, ValueError, TypeError) as error:
        raise DicomRefusedError(Code.READER_CRASHED) from error
