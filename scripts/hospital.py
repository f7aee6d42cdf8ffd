"""Run the tests on PostgreSQL and Redis, both started from the system's packages in a temporary folder.

Further words go to pytest: ``python scripts/hospital.py tests/jobs -k lease``.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUITE = ["-m", "not browser", "-p", "no:cacheprovider"]
INITDB = ["-U", "medapp", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale", "C.UTF-8"]
QUICK = [
    "-c",
    "fsync=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "max_connections=100",
    "-c",
    "listen_addresses=",
]
PACKAGES = {"postgres": "postgresql", "redis-server": "redis-server"}


class MissingServerError(Exception):
    """A server is not installed and cannot be installed from here."""


def find(program: str) -> str:
    """Return the program's path, installing its package as root where that is missing."""
    path = _look_for(program)
    if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=True, env=env)
        subprocess.run(["apt-get", "install", "-y", "-q", PACKAGES[program]], check=True, env=env)
        path = _look_for(program)
    if path is None:
        raise MissingServerError(f"{program} is missing. As root: apt-get install {PACKAGES[program]}")
    return path


def _look_for(program: str) -> str | None:
    """Debian keeps PostgreSQL's programs apart by version; the newest is taken."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return shutil.which(program, path=os.pathsep.join([*map(str, reversed(places)), os.environ["PATH"]]))


def server_user() -> str:
    """Return whom PostgreSQL runs as; it refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    return "postgres"


def _switch_to(user: str) -> str | None:
    return user if os.geteuid() == 0 else None


def wait_for(answers: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not answer within {seconds:.0f} s")
        time.sleep(0.1)


@contextmanager
def started(command: Sequence[str], folder: Path, user: str) -> Iterator[None]:
    """Run a server as ``user`` and end it, whatever happened in between."""
    with (folder / f"{Path(command[0]).name}.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, user=_switch_to(user), cwd="/")
    try:
        yield
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Yield the address of a PostgreSQL that listens on a unix socket in ``folder`` and nowhere else."""
    binary, user = find("postgres"), server_user()
    data = folder / "data"
    setup = [str(Path(binary).with_name("initdb")), "-D", str(data), *INITDB]
    subprocess.run(setup, check=True, stdout=subprocess.DEVNULL, user=_switch_to(user), cwd="/")
    ready = [str(Path(binary).with_name("pg_isready")), "-q", "-h", str(folder)]
    with started([binary, "-D", str(data), "-k", str(folder), *QUICK], folder, user):
        wait_for(lambda: subprocess.run(ready).returncode == 0, "PostgreSQL")
        yield f"postgresql://medapp@/postgres?host={folder}"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Yield the address of a Redis on a unix socket."""
    path = folder / "redis.sock"
    words = [
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--unixsocketperm",
        "777",
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with started([find("redis-server"), *words, "--dir", str(folder)], folder, server_user()):
        wait_for(path.exists, "Redis")
        yield f"redis+socket://{path}"


def main(arguments: Sequence[str]) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hospital-")))
        if os.geteuid() == 0:
            shutil.chown(folder, server_user())
        try:
            database = stack.enter_context(postgres(folder))
            broker = stack.enter_context(redis(folder))
        except (MissingServerError, KeyError, TimeoutError) as error:
            print(error, file=sys.stderr)
            return 1
        print(f"PostgreSQL and Redis run in {folder}", flush=True)
        env = {**os.environ, "DATABASE_URL": database, "BROKER_URL": broker, "MEDAPP_HOSPITAL": "1"}
        return subprocess.run(
            [sys.executable, "-m", "pytest", *SUITE, *arguments], cwd=ROOT, env=env
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
