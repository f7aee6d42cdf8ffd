"""Start the whole clinic: database, demo patients, broker, workers, scheduler and web. Ctrl-C ends it.

MEDAPP_PORT and MEDAPP_HOST choose the address, MEDAPP_VAR_DIR the data folder; docs/operations.md has the rest.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from medapp import env, laptop  # noqa: E402 - the path above comes first
from medapp.runtime import clinic  # noqa: E402
from medapp.runtime.lock import AlreadyRunningError, ClinicLock  # noqa: E402
from medapp.runtime.processes import StartError, Supervisor  # noqa: E402

DEFAULT_PORT = 8000


def say(words: str) -> None:
    print(f"  {words}", flush=True)


def manage(*words: str) -> None:
    ended = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT)
    if ended.returncode != 0:
        raise StartError(f"manage.py {' '.join(words)} ended with status {ended.returncode}; see above.")


def preparations() -> list[tuple[str, list[str]]]:
    demo = [("Demo clinic", ["load_demo", "--no-logins"])] if env.flag("MEDAPP_DEMO", True) else []
    return [("Database", ["migrate", "--verbosity", "0"]), ("Models", ["sync_models"]), *demo]


def prepare(supervisor: Supervisor) -> None:
    """Bring database, model registry and demo clinic up to date; quick where nothing is new."""
    for title, words in preparations():
        if supervisor.is_stopping:
            return
        say(f"{title} ...")
        try:
            manage(*words)
        except StartError:
            # Ctrl-C reaches the command as well, which is no failure.
            if not supervisor.is_stopping:
                raise


def make_plan(var_dir: Path) -> clinic.Plan:
    host = env.text("MEDAPP_HOST", clinic.LOCALHOST)
    wanted = env.number("MEDAPP_PORT", DEFAULT_PORT)
    port = clinic.choose_port(wanted, host=host)
    if wanted not in (0, port):
        say(f"Port {wanted} is taken; using {port}.")
    return clinic.Plan(var_dir, port, env.text("BROKER_URL") or laptop.broker_url(var_dir), host=host)


def serve(plan: clinic.Plan) -> None:
    """Start the broker, prepare the data, start the rest, and run until Ctrl-C or SIGTERM."""
    began = time.monotonic()
    supervisor = Supervisor(plan.var_dir / "log", say)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.request_stop())
    try:
        supervisor.start(clinic.broker_programs(plan))
        prepare(supervisor)
        supervisor.start(clinic.programs(plan))
        if not supervisor.is_stopping:
            welcome(plan.url, time.monotonic() - began)
        supervisor.watch()
        say("Ending ...")
    finally:
        supervisor.stop()
        say("Everything has ended. The data stays in var/.")


def welcome(address: str, seconds: float) -> None:
    print(f"\nThe clinic is open: {address}  (after {seconds:.0f} s)\n", flush=True)
    if env.flag("MEDAPP_DEMO", True):
        manage("load_demo", "--show-logins")
    print("\nCtrl-C ends it.", flush=True)


def main() -> int:
    var_dir = env.folder("MEDAPP_VAR_DIR", ROOT / "var")
    try:
        lock = ClinicLock(var_dir)
        plan = make_plan(var_dir)
        lock.note(plan.url)
        serve(plan)
    except AlreadyRunningError as running:
        print(f"The clinic runs already: {running}", file=sys.stderr)
        return 1
    except (StartError, clinic.PortTakenError, env.BadSettingError) as error:
        print(f"\nThe clinic did not start. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
