"""What every page must pass: axe, no sideways scrolling, no words of the other language."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
# The page itself does not say these: what somebody wrote in whatever language stands in lang="".
WRITTEN_BY_PEOPLE = (
    "script, style, template, code, kbd, [lang=en], [lang=''], .patient-name, .other-script, .unit"
)
# A change of theme runs through transitions; colours in the middle of one are nobody's.
AT_REST = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(changes.map((one) => one.finished));
}"""
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
      for (const name of ["placeholder", "aria-label", "title"]) said.push(field.getAttribute(name) ?? "");
  return said;
}"""
LATIN = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ’'-]{2,}")


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def grave_faults(page: Page, rules: list[str] | None = None) -> list[Any]:
    """Return what axe calls serious or critical, as (rule, first elements)."""
    page.evaluate(AT_REST)
    page.evaluate(_axe())
    options = {"runOnly": rules} if rules else {}
    found = page.evaluate("(options) => axe.run(document, options).then((r) => r.violations)", options)
    grave = [fault for fault in found if fault["impact"] in GRAVE]
    return [(fault["id"], [node["html"][:140] for node in fault["nodes"][:3]]) for fault in grave]


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def words_in(text: str) -> list[str]:
    return [word.rstrip("-") for word in LATIN.findall(text)]


def latin_words(page: Page, allowed: set[str]) -> list[str]:
    """Return the words in Latin letters that a Chinese page says and that are not ``allowed``."""
    said = page.evaluate(VISIBLE_WORDS, WRITTEN_BY_PEOPLE)
    words = {word for text in said for word in words_in(text)}
    return sorted(word for word in words if word.lower() not in allowed)
