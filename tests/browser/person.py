"""Somebody in front of the application, and what they do there, in sentences."""

import re
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


class Person:
    def __init__(self, page: Page, url: str, language: str) -> None:
        self.page, self.url, self.language = page, url, language
        self.complaints: list[str] = []
        self._expected = re.compile(r"$^")
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not self._expected.search(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def expects_refusals(self) -> None:
        """A refused page is an error in the console of the browser; here it is what is asked for."""
        self._expected = re.compile(r"status of 40[034]|status of 413")

    def says(self, chinese: str, english: str) -> str:
        return chinese if self.language == "zh-hans" else english

    # where they go
    def signs_in(self, name: str, password: str) -> None:
        self.goes_to("/account/login/")
        self.page.fill("[name=login]", name)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/account/login" not in url)

    def reads(self, language: str) -> None:
        """Choose the language of the pages, which the account keeps."""
        self.goes_to("/me/")
        if self.page.locator("html").get_attribute("lang").lower() != language:
            self.page.locator('form[action$="language"] button').click()
        expect(self.page.locator("html")).to_have_attribute("lang", re.compile(language, re.IGNORECASE))

    def goes_to(self, path: str) -> int:
        answer = self.page.goto(path if path.startswith("http") else self.url + path)
        return answer.status if answer else 0

    def opens_patient(self, number: str, tab: str = "") -> str:
        """Open the chart, or one of its tabs; return the chart's address."""
        self.goes_to(f"/patients/?q={number}")
        self.page.locator("#patient-rows td a").first.click()
        self.page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/"))
        chart = self.page.url.split("?")[0]
        if tab:
            self.goes_to(chart + tab)
        return chart

    def opens_picture(self, number: str) -> None:
        """Open the patient's newest study on the reading page and wait until it is drawn."""
        self.opens_patient(number, "images/")
        self.page.locator(".imaging-studies a").first.click()
        self.sees_the_picture()

    # what they see
    def sees(self, selector: str, text: str | re.Pattern[str] = "") -> Locator:
        found = self.page.locator(selector).filter(has_text=text) if text else self.page.locator(selector)
        expect(found.first).to_be_visible()
        return found.first

    def sees_the_picture(self) -> None:
        expect(self.page.locator("[data-viewer]")).to_have_attribute("data-state", "drawn")

    def sees_a_suggestion(self, status: str = "") -> Locator:
        state = f'[data-status="{status}"]' if status else ""
        return self.sees(f".ai.suggestion{state}")

    def corner(self, name: str) -> str:
        return self.page.locator(f'[data-corner="{name}"]').inner_text()

    # what they do
    def drags(self, dx: int, dy: int) -> None:
        """Drag over the picture by so many pixels."""
        box = self.page.locator("[data-canvas]").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=4)
        self.page.mouse.up()

    def types(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shows(self, name: str, full_page: bool = True) -> None:
        """Leave a screenshot in the light and one in the dark."""
        folder = SCREENSHOTS / self.language
        folder.mkdir(parents=True, exist_ok=True)
        for scheme, tail in (("light", ""), ("dark", "-dark")):
            self.page.emulate_media(color_scheme=scheme)
            path = folder / f"{name}{tail}.png"
            # A hidden caret would be an inline style, against the policy that these pages are held to.
            self.page.screenshot(path=path, full_page=full_page, animations="disabled", caret="initial")
        self.page.emulate_media(color_scheme="light")
