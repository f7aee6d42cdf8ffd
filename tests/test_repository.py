"""What may lie in the repository, and what every text and template must keep to."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_BYTES = 2 * 1024 * 1024
OWN = {
    "medapp",
    "imaging",
    "diagnosis",
    "consult",
    "check_messages",
    "ml",
    "tests",
    "bench",
    "scripts",
    "messages",
    "setting_up",
}
TEXT_SUFFIXES = {
    ".py",
    ".html",
    ".js",
    ".css",
    ".md",
    ".toml",
    ".yml",
    ".json",
    ".po",
    ".sh",
    ".txt",
    ".lock",
    "",
}
# Where a machine's own folders begin. Paths that every Linux has (/usr/bin, /tmp) are no one's own.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:home|Users|root|work|mnt)/[\w.-]+")
INDEX_ADDRESS = re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|npmmirror|pytorch\.org/whl)[\w./-]*")
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.I
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix in TEXT_SUFFIXES and path.name != "LICENSE":
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace")


def test_no_file_is_large_but_the_weights_of_packs() -> None:
    large = [path for path in tracked() if path.stat().st_size > MAX_BYTES]
    assert [path for path in large if path.relative_to(ROOT).parts[0] != "packs"] == []


@pytest.mark.parametrize(
    "what", [MACHINE_PATH, INDEX_ADDRESS], ids=["path of a machine", "address of an index"]
)
def test_no_text_holds_what_belongs_to_one_machine(what: re.Pattern[str]) -> None:
    found = [f"{name}: {hit}" for name, text in texts() for hit in what.findall(text)]
    assert found == []


def test_templates_have_no_inline_script_or_style() -> None:
    templates = [(name, text) for name, text in texts() if name.startswith("templates/")]
    assert templates
    # A PDF is made without a browser: its style sheet may stand in the page.
    pages = [(name, text) for name, text in templates if not name.endswith(".pdf.html")]
    assert [f"{name}: {hit}" for name, text in pages for hit in INLINE.findall(text)] == []


def test_every_text_is_translated() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/check_messages.py"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-2000:]


def imported_packages() -> set[str]:
    pattern = re.compile(r"^\s*(?:from|import) ([a-zA-Z_]\w*)", re.MULTILINE)
    names = {hit for name, text in texts() if name.endswith(".py") for hit in pattern.findall(_code_of(text))}
    return names - OWN - set(sys.stdlib_module_names)


def _code_of(text: str) -> str:
    """Leave docstrings out, where a sentence may begin with "from"."""
    return re.sub(r'"""(?:.|\n)*?"""', '""', text)


def locked_names() -> set[str]:
    lines = [line for file in ROOT.glob("requirements*.lock") for line in file.read_text().splitlines()]
    return {line.split("==")[0] for line in lines if "==" in line}


def test_every_package_that_is_imported_is_locked() -> None:
    owners = metadata.packages_distributions()
    locked = locked_names()
    missing = [
        name
        for name in sorted(imported_packages())
        if not {owner.lower().replace("_", "-") for owner in owners.get(name, [name])} & locked
    ]
    assert missing == []
