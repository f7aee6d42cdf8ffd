"""The plan of a clinic: ports, programs, threads."""

import socket
from pathlib import Path

import pytest

from medapp.runtime import clinic
from medapp.runtime.lock import AlreadyRunningError, ClinicLock


def plan(broker_url: str = "redis+socket:///tmp/medapp-test/valkey.sock", **more: bool) -> clinic.Plan:
    return clinic.Plan(Path("/tmp/medapp-test"), 8000, broker_url, **more)


def test_a_taken_port_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind((clinic.LOCALHOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < clinic.choose_port(port) <= port + 20


def test_no_free_port_in_reach_says_which_setting_helps() -> None:
    with socket.socket() as taken:
        taken.bind((clinic.LOCALHOST, 0))
        taken.listen()
        with pytest.raises(clinic.PortTakenError, match="MEDAPP_PORT"):
            clinic.choose_port(taken.getsockname()[1], tries=1)


def test_every_queue_has_exactly_one_worker() -> None:
    queues = [queue for queues in clinic.WORKERS.values() for queue in queues.split(",")]
    assert sorted(queues) == ["chat", "cpu", "gpu", "io"]


def test_workers_wait_without_spinning_and_agree_on_the_folder() -> None:
    workers = [program for program in clinic.programs(plan()) if program.name.startswith("worker-")]
    assert len(workers) == 3
    assert {worker.env["OMP_WAIT_POLICY"] for worker in workers} == {"PASSIVE"}
    assert {worker.env["MEDAPP_VAR_DIR"] for worker in workers} == {"/tmp/medapp-test"}


def test_a_clinic_without_workers_is_the_web_server_alone() -> None:
    assert [program.name for program in clinic.programs(plan(with_workers=False))] == ["web"]


def test_a_broker_elsewhere_is_not_started() -> None:
    assert clinic.broker_programs(plan("rediss://:secret@broker.example:6379/0")) == []


def test_a_second_clinic_on_the_same_folder_learns_where_the_first_is(tmp_path: Path) -> None:
    first = ClinicLock(tmp_path)
    first.note("http://127.0.0.1:8000")
    with pytest.raises(AlreadyRunningError, match="http://127.0.0.1:8000"):
        ClinicLock(tmp_path)
    first.release()
    ClinicLock(tmp_path).release()
