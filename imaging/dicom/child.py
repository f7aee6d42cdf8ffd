"""The sandboxed side: a nursery process that has everything loaded and forks readers on demand.

Started as `python -m imaging.dicom.child FD MEMORY_BYTES`. On FD it receives one message with a
socket for each reader wanted and answers with the reader's process id. A reader serves requests on
its socket until it is closed. Nobody here opens a file: data come as descriptors.
"""

import encodings
import gc
import importlib
import io
import mmap
import os
import pkgutil
import select
import signal
import socket
import sys
import warnings
from typing import Any

import numpy as np
import PIL.Image

from imaging.dicom import lockdown
from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import Limits
from imaging.dicom.operations import OPERATIONS
from imaging.dicom.wire import WireError, receive_message, send_message
from imaging.dicom.wrap import WrapAttributes, wrap_image

PRELOADED = (
    "pydicom.pixels.decoders.gdcm",
    "pydicom.pixels.decoders.pillow",
    "pydicom.pixels.decoders.pyjpegls",
    "pydicom.pixels.decoders.pylibjpeg",
    "pydicom.pixels.decoders.rle",
    "gdcm",
    "openjpeg",
    "rle",
    "jpeg_ls",
    "numpy.lib.stride_tricks",
)
ORPHAN_CHECK_SECONDS = 2.0


def preload() -> None:
    """What is loaded here, readers need not load; codecs' libraries they could not."""
    for name in PRELOADED:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in ("mbcs", "oem", "cp65001"):
            importlib.import_module(f"encodings.{module.name}")
    PIL.Image.init()
    rehearse()
    gc.freeze()


def rehearse() -> None:
    """Fill the caches that every reader would otherwise fill for itself at its first file."""
    picture = io.BytesIO()
    PIL.Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(picture, "PNG")
    attributes = WrapAttributes(uid_key="rehearsal", patient_name="王^小", dicom_patient_id="1")
    file = wrap_image(picture.getvalue(), attributes)
    for name, operation in OPERATIONS.items():
        source = picture.getvalue() if name == "picture" else file
        operation(source, {"image_format": "jpeg"}, Limits())


def nursery(control: socket.socket, memory_bytes: int, parent: int) -> None:
    """Fork a reader for each socket that arrives; end when the application is gone."""
    while True:
        ready, _, _ = select.select([control], [], [], ORPHAN_CHECK_SECONDS)
        _reap()
        if not ready:
            if os.getppid() != parent:
                return
            continue
        try:
            _, _, fd = receive_message(control)
        except (WireError, OSError):
            return
        if fd is not None:
            _fork_reader(control, fd, memory_bytes)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _fork_reader(control: socket.socket, fd: int, memory_bytes: int) -> None:
    pid = os.fork()
    if pid:
        os.close(fd)
        send_message(control, {"pid": pid})
        return
    try:
        lockdown.die_with_parent()
        control.close()
        lockdown.close_file_system(lockdown.code_folders())
        lockdown.limit_resources(memory_bytes)
        serve(socket.socket(fileno=fd))
    finally:
        os._exit(0)


def serve(sock: socket.socket) -> None:
    """Answer requests until the other side closes."""
    while True:
        try:
            request, _, fd = receive_message(sock)
        except (WireError, OSError):
            return
        if fd is None:
            return
        try:
            head, payload = _answer(request, fd)
        finally:
            os.close(fd)
        send_message(sock, head, payload)


def _answer(request: dict[str, Any], fd: int) -> tuple[dict[str, Any], bytes | memoryview]:
    limits = Limits.from_dict(request["limits"])
    lockdown.allow_cpu_seconds(limits.cpu_seconds)
    try:
        size = os.fstat(fd).st_size
        if size == 0:
            raise DicomRefusedError(Code.EMPTY_FILE)
        # Not a context manager: frames may still look into the map when an error leaves.
        buffer = mmap.mmap(fd, size, prot=mmap.PROT_READ)
        answer, payload = OPERATIONS[request["operation"]](buffer, request["parameters"], limits)
        return {"answer": answer}, payload
    except DicomRefusedError as refusal:
        return {"refused": refusal.code, "params": refusal.params}, b""
    except MemoryError:
        return {"refused": Code.READER_OUT_OF_MEMORY, "params": {}}, b""
    except RecursionError:
        return {"refused": Code.NESTING_TOO_DEEP, "params": {"limit": limits.max_depth}}, b""
    except Exception as error:  # the sandbox's outer edge: every end has a name
        return {"refused": Code.DECODE_FAILED, "params": {"kind": type(error).__name__}}, b""


def main() -> None:
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group
    warnings.simplefilter("ignore")
    preload()
    nursery(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), parent)


if __name__ == "__main__":
    main()
