"""What a process that reads hostile files gives up before it reads the first byte."""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from struct import pack

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_RULE_PATH_BENEATH = 1
# Every right of Landlock's first version: read, write, execute, list, make and remove anything.
LANDLOCK_ALL_FILE_RIGHTS = (1 << 13) - 1
LANDLOCK_READ_RIGHTS = 1 << 2 | 1 << 3  # files and folders
MAX_OPEN_FILES = 64

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Only where the parent is single-threaded: the signal comes when the parent THREAD ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_resources(memory_bytes: int) -> None:
    """No file can grow, no core is left, memory and descriptors are bounded."""
    _lower(resource.RLIMIT_AS, memory_bytes)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)


def allow_cpu_seconds(seconds: int) -> None:
    """From now on; the soft limit ends the process, the hard one stays for the next call."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bound, bound))


def close_file_system(readable: Iterable[Path]) -> bool:
    """No path can be opened any more but to read below `readable` (Landlock, Linux 5.13).

    False where the kernel lacks it; the other limits hold all the same.
    """
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    attributes = pack("<Q", LANDLOCK_ALL_FILE_RIGHTS)
    ruleset = _libc.syscall(LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    for path in readable:
        _allow_reading(ruleset, path)
    return bool(_libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)


def _allow_reading(ruleset: int, path: Path) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = pack("<Qi", LANDLOCK_READ_RIGHTS, folder)
        _libc.syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(folder)


def code_folders() -> list[Path]:
    """Where Python's own and installed modules lie; some are imported at their first use only."""
    package = Path(__file__).resolve().parent
    inside_project = package.parents[1]
    folders = [Path(entry).resolve() for entry in sys.path if entry]
    return [package, *(path for path in folders if path.is_dir() and path != inside_project)]
