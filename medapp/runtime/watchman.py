"""Ends the process groups of a supervisor that vanished; a killed supervisor leaves no orphan.

A process of its own, run as a file by ``Watchman``. Its input names groups: ``+PGID`` to watch, ``-PGID`` to
forget. The input ends when the supervisor does, however that happened. Unlike PR_SET_PDEATHSIG this reaches
the children of children, such as the pool of a Celery worker.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 3.0


def read_groups() -> set[int]:
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def signal_groups(groups: set[int], number: int) -> set[int]:
    """Send the signal and return the groups that are still there."""
    alive = set()
    for group in groups:
        try:
            os.killpg(group, number)
            alive.add(group)
        except ProcessLookupError:
            continue
    return alive


def main() -> None:
    groups = signal_groups(read_groups(), signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while groups and time.monotonic() < deadline:
        time.sleep(0.05)
        groups = signal_groups(groups, 0)
    signal_groups(groups, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
