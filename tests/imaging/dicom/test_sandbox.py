"""Whatever a file does to its reader, the application gets an answer with a name."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from imaging.dicom import lockdown, sandbox
from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import Limits
from tests.factories import dicom as build

GOOD = build.file_bytes()


@pytest.fixture
def pool() -> Iterator[sandbox.Pool]:
    made = sandbox.Pool(size=2)
    yield made
    made.close()


def test_every_public_test_file_ends_in_an_image_or_a_named_refusal() -> None:
    files = build.public_test_files()
    assert len(files) > 200
    images = 0
    for path in files:
        try:
            images += bool(sandbox.inspect(path).thumbnail)
        except DicomRefusedError as refusal:
            assert refusal.code not in (Code.READER_CRASHED, Code.READER_TIMED_OUT), path.name
    assert images > 150


def test_a_source_may_be_bytes_a_path_a_descriptor_or_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "whatever"
    path.write_bytes(GOOD)
    with path.open("rb") as stream:
        sources: list[sandbox.Source] = [GOOD, path, stream.fileno(), stream]
        seen = {sandbox.read_header(source).sop_instance_uid for source in sources}
    assert len(seen) == 1


def test_empty_file_is_refused() -> None:
    with pytest.raises(DicomRefusedError) as caught:
        sandbox.read_header(b"")
    assert caught.value.code == Code.EMPTY_FILE


def test_frames_arrive_as_they_were() -> None:
    pixels = np.arange(3072, dtype=np.uint16).reshape(48, 64)
    raw = sandbox.raw_frame(build.file_bytes(pixels=pixels))
    assert np.array_equal(np.frombuffer(raw.data, "<i2").reshape(48, 64), pixels)
    assert sandbox.present_frame(GOOD, center=100, width=50).shape == (48, 64)
    assert sandbox.render_frame(GOOD, image_format="png").startswith(b"\x89PNG")


def test_a_file_that_kills_its_readers_is_a_verdict_and_the_next_goes_on(pool: sandbox.Pool) -> None:
    big = build.file_bytes(pixels=np.zeros((4000, 4000), np.uint16))
    with pytest.raises(DicomRefusedError) as caught:
        pool.call("inspect", big, {}, Limits(cpu_seconds=-1))
    assert caught.value.code == Code.READER_CRASHED
    assert pool.call("header", GOOD, {}, Limits())[0]["header"]["modality"] == "CT"


def test_a_reader_killed_by_something_else_costs_no_file(pool: sandbox.Pool) -> None:
    pool.warm_up()
    signal.pidfd_send_signal(pool._idle[0].handle, signal.SIGKILL)
    assert pool.call("header", GOOD, {}, Limits())[0]["header"]["modality"] == "CT"


def test_a_reader_that_takes_too_long_is_ended(pool: sandbox.Pool) -> None:
    pool.warm_up()
    big = build.file_bytes(pixels=np.zeros((4000, 4000), np.uint16))
    with pytest.raises(DicomRefusedError) as caught:
        pool.call("inspect", big, {}, Limits(wall_seconds=0.001))
    assert caught.value.code == Code.READER_TIMED_OUT
    assert pool.call("header", GOOD, {}, Limits())[0]


def test_a_reader_without_memory_says_so() -> None:
    small = sandbox.Pool(size=1, memory_bytes=320 << 20)
    try:
        big = build.file_bytes(pixels=np.zeros((7000, 7000), np.uint16))
        with pytest.raises(DicomRefusedError) as caught:
            small.call("inspect", big, {}, Limits())
    finally:
        small.close()
    assert caught.value.code == Code.READER_OUT_OF_MEMORY


def test_a_dead_nursery_is_replaced(pool: sandbox.Pool) -> None:
    pool.warm_up()
    assert pool._nursery is not None
    pool._nursery.kill()
    pool._nursery.wait()
    for _ in range(3):
        assert pool.call("header", GOOD, {}, Limits())[0]


def test_closing_leaves_no_process_behind(pool: sandbox.Pool) -> None:
    pool.warm_up(2)
    assert pool._nursery is not None
    children = psutil.Process(pool._nursery.pid).children()
    assert len(children) == 2
    pool.close()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


def test_many_threads_share_the_pool(pool: sandbox.Pool) -> None:
    answers: list[str] = []

    def work() -> None:
        for _ in range(5):
            answers.append(pool.call("header", GOOD, {}, Limits())[0]["header"]["modality"])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["CT"] * 40


def test_a_forked_child_gets_a_pool_of_its_own() -> None:
    sandbox.read_header(GOOD)
    assert in_child(lambda: sandbox.read_header(GOOD).modality == "CT")
    assert sandbox.read_header(GOOD).modality == "CT"


def test_a_reader_cannot_open_or_write_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")

    def is_locked() -> bool:
        if not lockdown.close_file_system([]):
            pytest.skip("this kernel has no Landlock")
        try:
            secret.read_text()
        except PermissionError:
            return True
        return False

    assert in_child(is_locked)


def test_a_reader_sees_none_of_our_environment(monkeypatch: pytest.MonkeyPatch, pool: sandbox.Pool) -> None:
    monkeypatch.setenv("VAULT_KEYS", "1:secret")
    pool.warm_up()
    assert pool._nursery is not None
    environment = psutil.Process(pool._nursery.pid).environ()
    assert "PYTHONPATH" in environment
    assert "VAULT_KEYS" not in environment


def in_child(check: object) -> bool:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if check() else 1  # type: ignore[operator]
            sandbox.close_default_pool()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
