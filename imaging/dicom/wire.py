"""Messages between the application and its sandbox: a JSON head, then raw bytes. No pickles.

A head is 4 bytes of length and JSON; its "payload" field counts the bytes that follow.
"""

import json
import socket
from array import array
from struct import Struct
from typing import Any

LENGTH = Struct("<L")
MAX_HEAD_BYTES = 4 << 20


class WireError(Exception):
    """The other side is gone or does not keep to the protocol."""


def send_message(
    sock: socket.socket, head: dict[str, Any], payload: bytes | memoryview = b"", fd: int | None = None
) -> None:
    body = json.dumps({**head, "payload": len(payload)}).encode()
    frame = LENGTH.pack(len(body)) + body
    if fd is None:
        sock.sendall(frame)
    else:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [fd]))]
        sent = sock.sendmsg([frame], rights)
        sock.sendall(frame[sent:])
    if len(payload):
        sock.sendall(payload)


def receive_message(
    sock: socket.socket, *, max_payload: int = 0
) -> tuple[dict[str, Any], bytearray, int | None]:
    """Head, payload and the descriptor that came with it; raises WireError."""
    prefix, fd = _receive_prefix(sock)
    (length,) = LENGTH.unpack(prefix)
    if length > MAX_HEAD_BYTES:
        raise WireError("head too long")
    try:
        head = json.loads(_receive_exactly(sock, length))
        size = head["payload"]
    except (ValueError, KeyError, TypeError) as error:
        raise WireError("head is not ours") from error
    if not isinstance(size, int) or not 0 <= size <= max_payload:
        raise WireError("payload too long")
    return head, _receive_exactly(sock, size), fd


def _receive_prefix(sock: socket.socket) -> tuple[bytes, int | None]:
    data, ancillary, _, _ = sock.recvmsg(LENGTH.size, socket.CMSG_SPACE(4))
    fds = array("i")
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(value[: len(value) - len(value) % fds.itemsize])
    rest = _receive_exactly(sock, LENGTH.size - len(data)) if data else b""
    if not data:
        raise WireError("closed")
    return bytes(data) + bytes(rest), (fds[0] if fds else None)


def _receive_exactly(sock: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view, done = memoryview(data), 0
    while done < size:
        count = sock.recv_into(view[done:])
        if count == 0:
            raise WireError("closed")
        done += count
    return data
