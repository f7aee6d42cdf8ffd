"""What can go wrong with a model; the application maps these to its own refusals."""

from collections.abc import Iterable
from pathlib import Path


class ModelError(Exception):
    """Anything that keeps a model from being opened or run."""


class UnknownPack(ModelError):
    """No pack has that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        super().__init__(f"Unknown model {name!r}. Known: {', '.join(self.known) or 'none'}.")


class DamagedPack(ModelError):
    """A file of a pack or backbone is missing, changed or malformed."""

    def __init__(self, file: Path | str, problem: str) -> None:
        self.file = str(file)
        self.problem = problem
        super().__init__(f"{self.file}: {problem}")


class MissingBackbone(ModelError):
    """The weights that a pack builds on have not been assembled on this machine."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"Backbone {name!r} is not assembled. Run: python -m ml.assemble --only {name}")


class UnknownBackbone(ModelError):
    """No builder makes a backbone of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        super().__init__(f"Unknown backbone {name!r}. Known: {', '.join(self.known)}.")


class MissingSource(ModelError):
    """The Python package that carries a backbone's weights is not installed."""

    def __init__(self, package: str, file: str) -> None:
        self.package = package
        super().__init__(f"Package {package!r} with the file {file!r} is not installed.")


class InvalidInput(ModelError):
    """An input has the wrong type or shape: a mistake of the calling code."""
