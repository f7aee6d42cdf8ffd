"""Texts are found in Python and in templates, and translations are held to their places."""

from pathlib import Path

import check_messages
import messages
import pytest

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Sign"
msgstr "签名"

msgid "%(count)s files"
msgstr "个文件"

msgid "Print"
msgstr ""
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    catalogue = tmp_path / "locale" / "core" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    for folder in (catalogue.parent, tmp_path / "medapp", tmp_path / "templates"):
        folder.mkdir(parents=True)
    catalogue.write_text(PO, encoding="utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    return tmp_path


def found() -> list[tuple[str, str]]:
    return [use.key for use in messages.used()]


def test_a_text_in_python_is_found_with_its_context(root: Path) -> None:
    (root / "medapp" / "views.py").write_text('title = _("Sign")\nx = pgettext("verb", "Open")\n')
    assert found() == [("", "Sign"), ("verb", "Open")]


def test_a_text_in_a_template_is_found_whatever_its_indentation(root: Path) -> None:
    page = '<p>\n    {% translate "Sign" %}\n  {% blocktranslate %}{{ count }} files{% endblocktranslate %}\n</p>'
    (root / "templates" / "page.html").write_text(page)
    assert found() == [("", "Sign"), ("", "%(count)s files")]


def test_an_empty_translation_does_not_count(root: Path) -> None:
    assert sorted(key[1] for key in messages.translated()) == ["%(count)s files", "Sign"]


def test_a_translation_that_loses_a_place_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_messages, "ROOT", root)
    assert list(check_messages.broken()) == [
        "locale/core/zh_Hans/LC_MESSAGES/django.po: other places than in '%(count)s files'"
    ]
