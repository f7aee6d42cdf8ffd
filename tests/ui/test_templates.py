"""What holds for every template of the application, whoever wrote it."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")))
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.I),
    "style element": re.compile(r"<style", re.I),
    "eval of htmx": re.compile(r"\bhx-on|hx-vals=['\"]js:|\bhx-vars", re.I),
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_nothing_that_the_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_can_be_read(path: Path) -> None:
    assert get_template(name(path)).template


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_names_icons_that_exist(path: Path) -> None:
    named = set(re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8")))

    assert named - ICONS == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_names_static_files_that_exist(path: Path) -> None:
    named = set(re.findall(r"""{% static ["']([^"']+)["'] %}""", path.read_text(encoding="utf-8")))
    fetched = {"htmx.min.js"}  # set-up copies it to var/front

    assert [file for file in named - fetched if finders.find(file) is None] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates" / "components").glob("*.html")), ids=lambda p: p.name
)
def test_a_component_says_what_context_it_needs(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{% comment %}")
