"""Job kinds that only the fault tests know. They tell by files and audit events what happened to them."""

import os
import time
from pathlib import Path

from medapp.audit.services import record
from medapp.plugs import JobKind, job_kinds

FOLDER = Path(os.environ.get("MEDAPP_VAR_DIR", ".")) / "evidence"


def begun(job_id) -> Path:
    return FOLDER / f"{job_id}.begun"


def gate(name) -> Path:
    """While this file is missing, jobs that name it in ``payload`` wait in the middle of their work."""
    return FOLDER / f"{name}.open"


def run(claims):
    for claim in claims:
        with begun(claim.job.id).open("a") as evidence:
            evidence.write(f"{time.time()} {os.getpid()}\n")
        _wait_at_gate(claim)
        yield claim, lambda claim=claim: _save(claim)


def _wait_at_gate(claim) -> None:
    name = claim.job.payload.get("gate")
    while name and not gate(name).exists():
        time.sleep(0.02)
        if claim.job.payload.get("beats", True):
            claim.beat()


def _save(claim) -> dict:
    record(action="faults.saved", by=None, obj=claim.job)
    return {"n": claim.job.payload["n"]}


def register() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    job_kinds.register(JobKind("faults.work", "cpu", run, retry_seconds=(0,)))
    job_kinds.register(JobKind("faults.batch", "cpu", run, batch_size=8, saves_together=True))
    job_kinds.register(
        JobKind("faults.brief", "cpu", run, lease_seconds=1, retry_seconds=(0,), time_limit_seconds=2)
    )
