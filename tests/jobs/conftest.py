import pytest

from medapp import plugs
from medapp.jobs import bell as bell_module
from medapp.plugs import JobKind
from tests.jobs.kinds import Rings


@pytest.fixture
def kinds(monkeypatch):
    """Register job kinds for one test: ``kinds(run, **settings)`` returns the kind."""
    known = dict(plugs.job_kinds._by_key)
    monkeypatch.setattr(plugs.job_kinds, "_by_key", known)

    def register(run, *, kind="test.kind", queue="cpu", **settings) -> JobKind:
        plan = JobKind(kind=kind, queue=queue, run=run, **settings)
        known[kind] = plan
        return plan

    return register


@pytest.fixture(autouse=True)
def rings(monkeypatch) -> Rings:
    """Bells are counted instead of rung."""
    counted = Rings()
    monkeypatch.setattr(bell_module.bell, "ring", counted)
    return counted
