"""A real worker that also knows the fault tests' kinds: ``python -m tests.faults.worker QUEUES POOL NAME``."""

import sys

import django

django.setup()

from medapp.celery import app  # noqa: E402  Django first
from tests.faults import kinds  # noqa: E402

if __name__ == "__main__":
    queues, pool, name = sys.argv[1:4]
    kinds.register()
    app.worker_main(
        [
            "worker",
            "-Q",
            queues,
            "--pool",
            pool,
            "-c",
            "1",
            "-n",
            f"{name}@%h",
            "--without-mingle",
            "--without-gossip",
        ]
    )
