"""Compile the catalogues under locale/ without gettext's tools: ``python scripts/compile_messages.py``."""

import sys

from babel.messages.mofile import write_mo
from messages import catalogue_paths, read


def main() -> int:
    for path in catalogue_paths():
        temporary = path.with_suffix(".mo.part")
        with temporary.open("wb") as target:
            write_mo(target, read(path))
        temporary.replace(path.with_suffix(".mo"))
    print(f"compiled {len(catalogue_paths())} catalogues")
    return 0


if __name__ == "__main__":
    sys.exit(main())
