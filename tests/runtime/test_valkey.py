"""The laptop's broker answers on its socket and leaves with its supervisor."""

from pathlib import Path

from medapp import laptop
from medapp.runtime import valkey
from medapp.runtime.processes import Supervisor


def test_the_broker_answers_on_its_socket_until_it_is_stopped(tmp_path: Path) -> None:
    path = valkey.socket_of(laptop.broker_url(tmp_path))
    assert path is not None
    supervisor = Supervisor(tmp_path / "log", lambda words: None)
    supervisor.start([valkey.program(path)])
    assert valkey.answers(path)
    supervisor.stop()
    assert not valkey.answers(path)


def test_a_broker_elsewhere_has_no_socket_to_start_on() -> None:
    assert valkey.socket_of("redis://:secret@broker.example:6379/0") is None


def test_a_deep_folder_gets_a_socket_that_fits() -> None:
    deep = Path("/") / "/".join(["folder"] * 30)
    assert len(str(laptop.socket_path(deep))) <= laptop.MAX_SOCKET_PATH
