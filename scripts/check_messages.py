"""Name every text without its translation, and every translation whose places differ: exit 1 where there is one."""

import sys
from collections.abc import Iterator

from messages import PLACEHOLDER, ROOT, Use, strings_of, translated, used


def missing() -> Iterator[str]:
    """Yield a line for each text of the application that no catalogue translates."""
    known = translated()
    first: dict[tuple[str, str], Use] = {}
    for use in used():
        if use.key not in known:
            first.setdefault(use.key, use)
    return (f"{use.place}: not translated: {use.key[1]!r}" for use in first.values())


def broken() -> Iterator[str]:
    """Yield a line for each translation that would fail, or lose a value, when its places are filled."""
    for (_context, text), (entry, path) in translated().items():
        wanted = set(PLACEHOLDER.findall(text))
        if any(set(PLACEHOLDER.findall(string)) != wanted for string in strings_of(entry)):
            yield f"{path.relative_to(ROOT)}: other places than in {text!r}"


def main() -> int:
    lines = [*missing(), *broken()]
    for line in lines:
        print(line)
    print(f"{len(lines)} texts to mend" if lines else "every text is translated")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
