"""What every page must pass: axe, no sideways scrolling, no words of the other language."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
# Text that the page itself says; what somebody wrote (a name, a note, a file) carries one of these around it.
WRITTEN_BY_PEOPLE = (
    "script, style, template, code, kbd, [lang=en], .patient-name, .other-script, .user-name, .note-text,"
    " .pre-wrap, .unit, .banner-team, .written, [translate=no]"
)
VISIBLE_WORDS = """(skipped) => {
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!element.closest(skipped) && element.checkVisibility({ visibilityProperty: true }))
      said.push(walker.currentNode.textContent);
  }
  for (const field of document.querySelectorAll("[placeholder], [aria-label], [title]"))
    if (!field.closest(skipped))
      said.push(field.placeholder ?? "", field.getAttribute("aria-label") ?? "", field.title);
  return said;
}"""
LATIN = re.compile(r"[A-Za-z][A-Za-z’'-]{2,}")


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def grave_faults(page: Page, rules: list[str] | None = None) -> list[Any]:
    """Return what axe calls serious or critical, as (rule, first elements)."""
    page.evaluate(_axe())
    options = {"runOnly": rules} if rules else {}
    found = page.evaluate("(options) => axe.run(document, options).then((r) => r.violations)", options)
    grave = [fault for fault in found if fault["impact"] in GRAVE]
    return [(fault["id"], [node["html"][:140] for node in fault["nodes"][:3]]) for fault in grave]


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def latin_words(page: Page, allowed: set[str]) -> list[str]:
    """Return the words in Latin letters that a Chinese page says and that are not ``allowed``."""
    said = page.evaluate(VISIBLE_WORDS, WRITTEN_BY_PEOPLE)
    words = {word for text in said for word in LATIN.findall(text)}
    return sorted(word for word in words if word.lower() not in allowed)
