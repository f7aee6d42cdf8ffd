"""Set-up skips what is fresh, says what it cannot do, and never lets PyTorch be chosen by a resolver."""

import sys
from pathlib import Path
from typing import Any

import pytest
from setting_up import front, packages, steps, system

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STAMPS", tmp_path / "stamps")


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pip would have been asked to install."""
    asked: list[list[str]] = []
    monkeypatch.setattr(packages, "call", lambda words, **_: asked.append([str(word) for word in words]))
    monkeypatch.setattr(packages, "_check_torch", lambda wanted, gpu: "fine")
    return asked


def counting(done: list[int], *inputs: Path | str, outputs: list[Path] | None = None) -> steps.Step:
    return steps.Step("Count", lambda: done.append(1), inputs, outputs or [])


def test_a_step_runs_once_while_its_inputs_stay(tmp_path: Path) -> None:
    done: list[int] = []
    source = tmp_path / "lock"
    source.write_text("a")
    steps.run_all([counting(done, source)] * 2)
    assert len(done) == 1
    source.write_text("b")
    steps.run_all([counting(done, source)])
    assert len(done) == 2


def test_a_step_runs_again_when_what_it_made_is_gone(tmp_path: Path) -> None:
    done: list[int] = []
    steps.run_all([counting(done, "x", outputs=[tmp_path / "gone"])] * 2)
    assert len(done) == 2


def test_a_failing_command_shows_its_last_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(steps.SetUpError, match="status 3"):
        steps.call([sys.executable, "-S", "-c", "print('disk is full'); raise SystemExit(3)"])
    assert "disk is full" in capsys.readouterr().out


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(steps.SetUpError, match=r"Python 3\.11 or newer is needed; this is 3\.9\.2"):
        system.check_python()


def test_without_root_the_command_and_the_loss_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(system, "NEEDS", (system.Need(("libpango-1.0-0",), lambda: False, "no PDF reports"),))
    assert system.install_packages() == "going on without"
    said = capsys.readouterr().out
    assert "sudo apt-get install --no-install-recommends libpango-1.0-0" in said
    assert "without libpango-1.0-0: no PDF reports" in said


@pytest.mark.parametrize(("has_gpu", "wanted"), [(True, "torch===2.13.0"), (False, "torch==2.13.0")])
def test_torch_comes_alone_and_as_the_build_of_the_machine(
    has_gpu: bool, wanted: str, installs: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "has_gpu", lambda: has_gpu)
    packages.install_torch()
    assert [words[-1] for words in installs] == [wanted]


def test_nothing_after_torch_is_resolved(installs: list[list[str]]) -> None:
    packages.install_rest()
    assert len(installs) == 2
    assert all("--no-deps" in words for words in installs)
    assert not any(word.startswith("torch=") for words in installs for word in words)


def test_an_environment_of_this_python_is_kept(installs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "VENV_PYTHON", Path(sys.executable))
    assert packages.make_environment() == "kept"
    assert installs == []


def test_the_front_end_files_are_named_in_the_lock_without_an_address() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert all(f"node_modules/{source.split('/')[0]}" in lock for source in front.FILES)
