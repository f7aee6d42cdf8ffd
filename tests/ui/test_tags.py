from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def draw(source: str, **context: object) -> str:
    return Template("{% load ui patient %}" + source).render(Context(context)).strip()


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "check" %}')
    assert 'role="img" aria-label="&lt;done&gt;"' in draw('{% icon "check" label %}', label="<done>")


def test_a_time_shows_the_exact_one_on_hover() -> None:
    drawn = draw("{% reltime at %}", at=timezone.now() - timedelta(minutes=3))

    assert "3 minutes ago</time>" in drawn
    assert "title=" in drawn


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5.9, "above the reference range"), (Decimal("3.1"), "below the reference range"), (3.5, "in-range")],
)
def test_a_value_outside_its_range_is_marked_in_words(value: float, expected: str) -> None:
    assert expected in draw('{% range_value v 3.5 5.3 "mmol/L" %}', v=value)


def test_a_value_in_words_is_never_out_of_range() -> None:
    assert "out-of-range" not in draw("{% range_value v 1 2 %}", v="positive")


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.874, "87 %"),
        (0.849, "85 %"),
        (0.006, "1 %"),
        (0.005, "<1 %"),
        (0.001, "<1 %"),
        (0.998, ">99 %"),
        (0.995, ">99 %"),
        (1, "100 %"),
        (None, "–"),
    ],
)
def test_a_percentage_never_rounds_to_certainty(share: float | None, expected: str) -> None:
    assert draw("{% autoescape off %}{{ share|percent }}{% endautoescape %}", share=share) == expected


@pytest.mark.parametrize(
    ("query", "state", "link"),
    [
        ("?q=li", "none", "q=li&amp;sort=name"),
        ("?q=li&sort=name&page=3", "ascending", "q=li&amp;sort=-name"),
        ("?sort=-name", "descending", "sort=name"),
    ],
)
def test_a_sorted_column_links_to_the_other_order(query: str, state: str, link: str) -> None:
    drawn = draw('{% sort_header "name" "Name" %}', request=RequestFactory().get("/" + query))

    assert f'aria-sort="{state}"' in drawn
    assert f'href="?{link}"' in drawn


def test_a_page_says_where_it_stands_in_the_whole() -> None:
    page = Paginator(range(2000), 50).page(2)

    assert draw("{% page_span page %}", page=page) == "51–100 of 2,000"


def test_a_panel_draws_with_its_own_context_over_the_pages() -> None:
    drawn = draw('{% panel "components/_empty.html" data %}', title="page", data={"title": "panel"})

    assert "panel" in drawn
    assert "page" not in drawn
