"""The colours: legible in both themes, named once, used by name."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
GROUNDS = ("ground", "surface", "raised", "sunken")
INKS = ("text", "text-2", "text-3", "accent", "ai", "ok", "warn", "bad", "info")
PAIRS = (
    [(ink, ground) for ink in INKS for ground in GROUNDS]
    + [(ink, f"{ink}-soft") for ink in ("accent", "ai", "ok", "warn", "bad", "info")]
    + [("text", f"{ink}-soft") for ink in ("accent", "ai", "ok", "warn", "bad", "info")]
    + [("on-accent", "accent")]
)
EDGES = [("field-line", "surface"), ("field-line", "ground"), ("accent", "surface"), ("ai", "surface")]


def block(selector: str) -> dict[str, str]:
    body = TOKENS.split(selector, 1)[1].split("{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


THEMES = {"light": block(':root,\n[data-theme="light"]'), "dark": block('\n[data-theme="dark"]')}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_every_ink_is_legible_on_every_ground(theme: str) -> None:
    tokens = THEMES[theme]

    weak = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in PAIRS}

    assert {pair: round(value, 2) for pair, value in weak.items() if value < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_fields_are_seen(theme: str) -> None:
    tokens = THEMES[theme]

    assert all(contrast(tokens[edge], tokens[ground]) >= 3 for edge, ground in EDGES)


def test_the_device_theme_is_the_dark_theme() -> None:
    assert block('  [data-theme="system"]') == THEMES["dark"]


def test_both_themes_name_the_same_tokens() -> None:
    assert THEMES["light"].keys() == THEMES["dark"].keys()


def test_words_over_a_picture_are_legible() -> None:
    film = block(":root")

    assert contrast(film["on-film"], film["film"]) >= 4.5


def own_sheets() -> list[Path]:
    """Paper has its own ink: print.css sets the tokens anew, report.css is read by WeasyPrint, which has none."""
    return [
        path
        for path in sorted(CSS.glob("*.css"))
        if path.name not in ("tokens.css", "print.css", "report.css")
    ]


@pytest.mark.parametrize("path", own_sheets(), ids=lambda path: path.name)
def test_a_sheet_names_its_colours_by_token(path: Path) -> None:
    raw = re.findall(r"#[0-9a-f]{3,8}\b|rgba?\([^)]*\)", path.read_text(encoding="utf-8"))

    assert [colour for colour in raw if colour != "#fff"] == []


@pytest.mark.parametrize("path", own_sheets(), ids=lambda path: path.name)
def test_a_sheet_uses_only_tokens_that_exist(path: Path) -> None:
    known = set(re.findall(r"--([\w-]+):", TOKENS))

    used = set(re.findall(r"var\(--([\w-]+)", path.read_text(encoding="utf-8")))

    assert used - known - set(re.findall(r"--([\w-]+):", path.read_text(encoding="utf-8"))) == set()
