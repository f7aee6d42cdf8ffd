"""The components in a real browser: accessible, inside the policy, usable by keys, and whole without scripts."""

import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.urls("tests.ui.urls")
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


class Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threading, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def visit(
    browser: Browser, site: str, language: str = "en", theme: str = "light", width: int = 1280, **options
) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    context.add_cookies(
        [
            {"name": name, "value": value, "url": site}
            for name, value in (("django_language", language), ("theme", theme))
        ]
    )
    page = context.new_page()
    page.goto(f"{site}/styleguide")
    return page


@pytest.fixture
def page(browser: Browser, site: str) -> Page:
    return visit(browser, site)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, site: str, language: str, theme: str) -> None:
    page = visit(browser, site, language, theme, bypass_csp=True)
    page.add_script_tag(path=AXE)

    found = page.evaluate("axe.run().then(r => r.violations)")

    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in grave] == []


def test_the_page_keeps_to_the_policy(browser: Browser, site: str) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(f"{site}/styleguide", wait_until="networkidle")

    assert said == []


@pytest.mark.parametrize("width", [768, 1280, 1920])
def test_nothing_is_wider_than_the_page(browser: Browser, site: str, width: int) -> None:
    page = visit(browser, site, width=width)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_question_mark_lists_the_keys(page: Page) -> None:
    page.keyboard.press("?")

    assert page.locator("#keys").is_visible()
    assert page.locator("[data-page-keys]").inner_text().splitlines()[1:3] == ["Write a note", "w"]
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_the_slash_goes_to_the_search_where_keys_are_only_letters(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("ar?")

    assert page.locator("#search").input_value() == "ar?"
    assert not page.locator("#keys").is_visible()


def test_two_letters_lead_along_the_menu(page: Page) -> None:
    page.evaluate("document.querySelector('[data-key=\"g p\"]').href = '/search/?q=patients'")

    page.keyboard.press("g")
    page.keyboard.press("p")

    page.wait_for_url("**/search/?q=patients")


def test_j_and_k_move_over_rows(page: Page) -> None:
    focused = "document.activeElement.closest('tr, li')?.rowIndex"

    page.keyboard.press("j")
    first = page.evaluate(focused)
    page.keyboard.press("j")
    second = page.evaluate(focused)
    page.keyboard.press("k")

    assert (first, second, page.evaluate(focused)) == (1, 2, 1)


def test_a_rejection_takes_two_keys(page: Page) -> None:
    page.keyboard.press("r")
    page.keyboard.press("2")

    assert page.locator("#suggestion-1 input:checked").get_attribute("value") == "other-finding"
    page.keyboard.press("Escape")
    assert page.locator("#suggestion-1 details[open]").count() == 0


def test_n_goes_to_the_next_undecided(page: Page) -> None:
    seen = []
    for _turn in range(3):
        page.keyboard.press("n")
        seen.append(page.evaluate("document.activeElement.id"))

    assert seen == ["suggestion-1", "suggestion-4", "suggestion-5"]


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.locator("details:has([data-theme-form]) summary").click()
    with page.expect_response("**/theme"):
        page.locator('[name="theme"][value="dark"]').click()

    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_dangerous_form_asks_first(page: Page) -> None:
    page.locator('form[data-confirm="sure"] button').click()

    assert page.locator("dialog#sure").is_visible()
    page.locator('dialog#sure [value="no"]').click()
    assert page.url.endswith("/styleguide")


def test_without_scripts_the_switches_post_and_the_choices_open(browser: Browser, site: str) -> None:
    page = visit(browser, site, java_script_enabled=False)

    page.locator("#suggestion-1 summary", has_text="Reject").click()
    assert page.locator("#suggestion-1 input[value=quality]").is_visible()
    page.locator('[name="language"]').click()

    assert page.locator("html").get_attribute("lang") == "zh-Hans"
