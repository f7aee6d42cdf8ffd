import pytest

from medapp.errors import DamagedModelError, InvalidInputError, UnavailableError
from medapp.jobs.models import Job, Status
from medapp.jobs.runner import run_kind
from tests.jobs.kinds import enqueue, saving

pytestmark = pytest.mark.django_db


def work() -> int:
    return run_kind("test.kind", "worker@test:0")


def statuses() -> dict:
    return dict(Job.objects.values_list("payload__n", "status"))


def test_a_batch_goes_through_one_run(kinds):
    sizes = []

    def run(claims):
        sizes.append(len(claims))
        yield from saving()(claims)

    kinds(run, batch_size=4, saves_together=True)
    for n in range(6):
        enqueue(n)
    assert (work(), sizes) == (6, [4, 2])
    assert set(statuses().values()) == {Status.DONE}


def test_one_bad_input_is_refused_and_the_rest_go_on(kinds):
    def run(claims):
        for claim in claims:
            bad = claim.job.payload["n"] == 1
            yield claim, InvalidInputError(reason="n") if bad else lambda: None

    kinds(run, batch_size=3)
    for n in range(3):
        enqueue(n)
    work()
    assert statuses() == {0: "done", 1: "parked", 2: "done"}


@pytest.mark.parametrize("together", [True, False])
def test_one_input_that_breaks_the_run_does_not_take_the_batch_down(kinds, together):
    def run(claims):
        if any(claim.job.payload["n"] == 1 for claim in claims):
            raise RuntimeError
        yield from saving()(claims)

    kinds(run, batch_size=3, saves_together=together, retry_seconds=(0,))
    for n in range(3):
        enqueue(n)
    work()
    assert statuses() == {0: "done", 1: "parked", 2: "done"}


def test_a_damaged_model_parks_the_whole_batch_after_one_run(kinds):
    runs = []

    def run(claims):
        runs.append(1)
        raise DamagedModelError(name="x")
        yield

    kinds(run, batch_size=3)
    for n in range(3):
        enqueue(n)
    work()
    assert (len(runs), statuses()) == (1, {0: "parked", 1: "parked", 2: "parked"})


def test_a_save_that_fails_spares_the_others_of_its_transaction(kinds):
    def broken():
        raise UnavailableError(part="disk")

    def run(claims):
        for claim in claims:
            yield claim, broken if claim.job.payload["n"] == 0 else lambda: {"ok": 1}

    kinds(run, batch_size=2, saves_together=True, retry_seconds=(60,))
    enqueue(0), enqueue(1)
    work()
    assert statuses() == {0: "waiting", 1: "done"}


def test_urgent_work_goes_first(kinds):
    order = []

    def run(claims):
        order.extend(claim.job.payload["n"] for claim in claims)
        yield from saving()(claims)

    kinds(run)
    enqueue(0, priority=-10), enqueue(1), enqueue(2, priority=10)
    work()
    assert order == [2, 1, 0]


def test_a_turn_ends_after_its_seconds_and_leaves_the_rest_waiting(kinds):
    kinds(saving())
    for n in range(3):
        enqueue(n)
    assert run_kind("test.kind", "w", seconds=0) == 1
    assert list(statuses().values()).count("waiting") == 2
