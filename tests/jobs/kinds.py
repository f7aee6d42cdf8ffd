"""Runs of invented job kinds, and small makers for tests of jobs."""

from medapp.jobs.models import Job
from medapp.jobs.services import enqueue_job


class Rings(list):
    def __call__(self, kind, bells=1):
        self.append((kind.kind, bells))
        return True


def saving(result=None):
    """A run that saves ``result`` for each claim."""

    def run(claims):
        for claim in claims:
            yield claim, lambda: result

    return run


def yielding(error):
    def run(claims):
        for claim in claims:
            yield claim, error

    return run


def raising(error):
    def run(claims):
        raise error
        yield

    return run


def enqueue(number=0, *, kind="test.kind", by=None, **fields) -> Job:
    return enqueue_job(kind=kind, payload={"n": number}, by=by, idempotency_key=f"{kind}:{number}", **fields)
