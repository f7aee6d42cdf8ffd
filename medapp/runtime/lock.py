"""One clinic for one data folder: two of them would share a database and fight over the broker's socket."""

import fcntl
import os
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another clinic runs on this folder; the message is its address."""


class ClinicLock:
    """Held as long as the object lives; the kernel gives it back however the process ends."""

    def __init__(self, var_dir: Path) -> None:
        path = var_dir / "run" / "clinic.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = self._file.read().strip()
            self._file.close()
            raise AlreadyRunningError(address) from None

    def note(self, address: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(address)
        self._file.flush()

    def release(self) -> None:
        self._file.close()
