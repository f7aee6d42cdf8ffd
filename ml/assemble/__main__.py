"""python -m ml.assemble [--only NAME ...] [--list]"""

import argparse
import sys

from ml.assemble import BUILDERS, assemble_all, is_assembled
from ml.errors import ModelError


def say(line: str) -> None:
    print(line, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ml.assemble", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="only this backbone")
    parser.add_argument("--list", action="store_true", help="say which there are and their state")
    options = parser.parse_args(arguments)
    if options.list:
        for builder in BUILDERS.values():
            state = "ready" if is_assembled(builder) else "not assembled"
            say(f"{builder.name}\t{state}\t{builder.source}")
        return 0
    try:
        assemble_all(options.only, say)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
