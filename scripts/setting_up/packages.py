"""Python packages, in the one order that never lets a resolver choose another PyTorch.

1. torch alone. Where nvidia-smi answers, ``===`` refuses the "+cpu" build that a local index may offer;
   elsewhere ``==`` prefers it. Only torch brings dependencies along, at the versions of the lock.
2. torchvision without dependencies, since it names torch.
3. All else from the lock files without dependencies: they are complete, so nothing is resolved.
"""

import os
import subprocess
import sys
from pathlib import Path

from setting_up.steps import ROOT, VENV, VENV_PYTHON, SetUpError, call

LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
ALONE = ROOT / "requirements-alone.lock"  # torch, and what must not bring its dependencies
_VERSION = "import torch; print(torch.__version__.split('+')[0], torch.version.cuda or 'none')"


def has_gpu() -> bool:
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def pins() -> dict[str, str]:
    """Return the packages of requirements-alone.lock with their versions."""
    lines = [line.split("#")[0].strip() for line in ALONE.read_text().splitlines()]
    return dict(line.split("==") for line in lines if line)


def make_environment() -> str:
    """Make .venv, unless one of this very Python is there and runs."""
    if _version_of(VENV_PYTHON) == _version_of(Path(sys.executable)):
        return "kept"
    call([sys.executable, "-m", "venv", "--clear", VENV])
    return "made .venv"


def _version_of(python: Path) -> str | None:
    try:
        return subprocess.check_output([python, "-c", "import sys; print(sys.version)"], text=True)
    except (OSError, subprocess.CalledProcessError):
        return None


def _pip(*words: object) -> None:
    plain = ["--disable-pip-version-check", "--progress-bar", "off"]
    call([VENV_PYTHON, "-m", "pip", "install", *plain, *map(str, words)])


def _torch_index() -> list[str]:
    """Return pip's words for MEDAPP_TORCH_INDEX, which names an index that carries the wanted build."""
    index = os.environ.get("MEDAPP_TORCH_INDEX")
    return ["--extra-index-url", index] if index else []


def install_torch() -> str:
    wanted, gpu = pins()["torch"], has_gpu()
    if not gpu and not _torch_index():
        print(
            "    (3 GB where the index offers only a CUDA build; docs/operations.md says how to avoid that)"
        )
    try:
        _pip("--constraint", LOCK, *_torch_index(), f"torch{'===' if gpu else '=='}{wanted}")
    except SetUpError:
        if not gpu:
            raise
        print("    No CUDA build is offered here; taking what is.")
        _pip("--constraint", LOCK, *_torch_index(), f"torch=={wanted}")
    return _check_torch(wanted, gpu)


def _check_torch(wanted: str, gpu: bool) -> str:
    found, cuda = subprocess.check_output([VENV_PYTHON, "-W", "ignore", "-c", _VERSION], text=True).split()
    if found != wanted:
        raise SetUpError(f"torch {wanted} was asked for, {found} is there. Remove .venv and run make setup.")
    if cuda != "none":
        return f"torch {found} for CUDA {cuda}"
    idle = "; this machine's GPU stays idle (docs/operations.md, PyTorch)" if gpu else ""
    return f"torch {found} for the processor{idle}"


def install_rest() -> str:
    alone = [f"{name}=={version}" for name, version in pins().items() if name != "torch"]
    _pip("--no-deps", *_torch_index(), *alone)
    _pip("--no-deps", "-r", LOCK, "-r", DEV_LOCK)
    _check_torch(pins()["torch"], gpu=False)
    return "done"
