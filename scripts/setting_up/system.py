"""What comes from the system: Python's venv, the libraries of the PDF reports, fonts, Chromium, gettext."""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from setting_up.steps import SetUpError, call


@dataclass(frozen=True)
class Need:
    packages: tuple[str, ...]
    is_there: Callable[[], bool]
    without: str


def _has_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True)
    return bool(listed.stdout.strip())


def _has_browser() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


NEEDS = (
    Need(
        ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
        lambda: all(
            ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
        ),
        "PDF reports answer that they cannot be made",
    ),
    Need(
        ("fontconfig", "fonts-noto-cjk"), _has_font, "Chinese characters in PDF reports show as empty boxes"
    ),
    Need(("gettext",), lambda: bool(shutil.which("xgettext")), "'manage.py makemessages' does not run"),
    Need(("chromium",), _has_browser, "the browser tests are skipped, which says so"),
)


def check_python() -> str:
    """Raise SetUpError where this Python is too old; 3.11 is the oldest that is tested."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python runs first
        raise SetUpError(
            f"Python 3.11 or newer is needed; this is {found}. Install it (Debian 12, Ubuntu 24.04 and newer "
            "carry it: apt-get install python3 python3-venv), then: make PYTHON=/path/to/python3.11 setup"
        )
    if not importlib.util.find_spec("ensurepip"):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not _install((package,)):
            raise SetUpError(f"Python lacks its venv module. As root: apt-get install {package}")
    return f"Python {found}"


def install_packages() -> str:
    """Install what is missing as root; otherwise say the command and what will not work without it."""
    missing = [need for need in NEEDS if not need.is_there()]
    if not missing:
        return "all there"
    packages = tuple(name for need in missing for name in need.packages)
    if _install(packages):
        return f"installed {' '.join(packages)}"
    print("    These come from the system's packages, which takes root. To have them:")
    print(f"      sudo apt-get install --no-install-recommends {' '.join(packages)}")
    for need in missing:
        print(f"      without {need.packages[-1]}: {need.without}")
    return "going on without"


def _install(packages: tuple[str, ...]) -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        call(["apt-get", "update", "-q"], env=env)
        call(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], env=env)
    except SetUpError as error:
        print(f"    {error}")
        return False
    return True
