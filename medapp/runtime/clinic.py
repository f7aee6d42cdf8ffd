"""Which programs make a clinic on one machine, and with how many threads each.

Model processes wait without spinning (OMP_WAIT_POLICY=PASSIVE) and may each use every core. With spinning
waits two of them on two cores are ten to forty times slower; with one thread each, half a machine idles when
the other has nothing to do. The measurements are in docs/decisions/threads.md.
"""

import http.client
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from celery import Celery

from medapp.runtime import valkey
from medapp.runtime.processes import Program

LOCALHOST = "127.0.0.1"
PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false"}
WORKERS = {"models": "gpu,cpu", "chat": "chat", "io": "io"}


class PortTakenError(Exception):
    """Another program listens on the wanted port."""


@dataclass(frozen=True)
class Plan:
    var_dir: Path
    port: int
    broker_url: str
    with_workers: bool = True
    host: str = LOCALHOST

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """What the settings of every process must agree on."""
        return {"MEDAPP_VAR_DIR": str(self.var_dir), "BROKER_URL": self.broker_url, "PYTHONUNBUFFERED": "1"}


def free_port(host: str = LOCALHOST) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_free(port: int, host: str = LOCALHOST) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def choose_port(wanted: int, tries: int = 20, host: str = LOCALHOST) -> int:
    """Return the wanted port or the next free one; 0 asks for any. Raises PortTakenError."""
    if wanted == 0:
        return free_port(host)
    for port in range(wanted, wanted + tries):
        if is_free(port, host):
            return port
    raise PortTakenError(
        f"The ports {wanted} to {wanted + tries - 1} are taken. Set MEDAPP_PORT to a free one."
    )


def web_answers(port: int, host: str = LOCALHOST) -> bool:
    """Tell whether the web server answers at all; /health says what is missing behind it."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status in (200, 503)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def broker_programs(plan: Plan) -> list[Program]:
    """Return the broker to start, or nothing where one runs elsewhere."""
    path = valkey.socket_of(plan.broker_url)
    return [valkey.program(path)] if path else []


def programs(plan: Plan) -> list[Program]:
    """Return the web server and, with workers, one worker for each kind of work and the scheduler."""
    if not plan.with_workers:
        return [_web(plan)]
    return [_web(plan), *(_worker(plan, name, queues) for name, queues in WORKERS.items()), _beat(plan)]


def _web(plan: Plan) -> Program:
    command = _python("uvicorn", "medapp.asgi:application", "--host", plan.host, "--port", str(plan.port))
    quiet = [
        "--no-access-log",
        "--log-level",
        "warning",
        "--timeout-graceful-shutdown",
        "3",
        "--lifespan",
        "off",
    ]
    return Program("web", command + quiet, env=plan.env, is_healthy=lambda: web_answers(plan.port, plan.host))


def _worker(plan: Plan, name: str, queues: str) -> Program:
    node = f"{name}@{socket.gethostname()}"
    command = _celery(
        "worker", "--hostname", node, "--queues", queues, "--concurrency", "1", "--loglevel", "WARNING"
    )
    plain = ["--without-gossip", "--without-mingle", "--pool", "prefork"]
    threads = {"MEDAPP_TORCH_THREADS": os.environ.get("MEDAPP_TORCH_THREADS", str(os.cpu_count() or 1))}
    env = {**plan.env, **PASSIVE, **threads}
    return Program(f"worker-{name}", command + plain, env=env, is_healthy=_pings(plan.broker_url, node))


def _beat(plan: Plan) -> Program:
    state = str(plan.var_dir / "run" / "beat")
    command = _celery("beat", "--schedule", state, "--pidfile", "", "--loglevel", "WARNING")
    return Program("beat", [*command, "--scheduler", "medapp.jobs.beat:PlugScheduler"], env=plan.env)


def _pings(broker_url: str, node: str) -> Callable[[], bool]:
    def answers() -> bool:
        with Celery("probe", broker=broker_url) as app:
            try:
                return bool(app.control.ping(destination=[node], timeout=0.5))
            except (OSError, app.connection_for_read().connection_errors):
                return False

    return answers


def _python(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", module, *words]


def _celery(*words: str) -> list[str]:
    return _python("celery", "--app", "medapp.celery", *words)
