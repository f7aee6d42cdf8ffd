"""The documentation names every setting that the code reads, and none that it does not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("medapp", "imaging", "diagnosis", "consult", "ml", "scripts")
READERS = {"text", "flag", "number", "words", "folder", "database", "get"}
OURS = re.compile(r"MEDAPP_[A-Z_]+|DATABASE_URL|BROKER_URL")
# Told to child processes of tests, never set by a person.
INTERNAL = {"MEDAPP_HOSPITAL"}


def names_read(path: Path) -> Iterator[str]:
    """Yield the settings that a file reads: env.text("NAME") and its kin, environ.get("NAME"), environ["NAME"]."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str(name)), *_]):
                if attr in READERS and OURS.fullmatch(name):
                    yield name
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))):
                if OURS.fullmatch(name):
                    yield name


def settings_read() -> set[str]:
    paths = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]
    return {name for path in paths for name in names_read(path)} - INTERNAL


def settings_documented() -> set[str]:
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("## Settings")[1]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in rows for name in OURS.findall(cell)}


def test_every_setting_that_is_read_is_documented() -> None:
    assert len(settings_read()) > 20
    assert settings_read() - settings_documented() == set()


def test_every_documented_setting_is_read() -> None:
    assert settings_documented() - settings_read() == set()


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme


def test_every_target_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    assert targets
    assert [name for name in targets if not re.search(rf"^{name}:.*## ", makefile, re.MULTILINE)] == []


def test_links_between_documents_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    ]
    assert links
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []
