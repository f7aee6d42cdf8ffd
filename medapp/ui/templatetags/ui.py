"""Template tags and filters of the visual system: ``{% load ui %}``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from medapp.errors import Words
from medapp.ui import charts, words

register = template.Library()

register.filter("in_language", words.in_language)
register.filter("probability_words", words.probability_words)
register.filter("frequency", words.frequency)
register.filter("age", words.age)
register.filter("seconds_left", words.seconds_left)


@register.simple_tag
def icon(name: str, label: Words = "", css: str = "") -> SafeString:
    """An icon of ``static/icons.svg``; hidden from screen readers unless it has a label of its own."""
    source = static("icons.svg")
    if label:
        return format_html(
            '<svg class="icon {}" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            css,
            label,
            source,
            name,
        )
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', css, source, name)


@register.simple_tag
def reltime(at: datetime | None) -> SafeString:
    """A relative time with the exact one on hover; a date once it is older than a week."""
    if at is None:
        return format_html('<span class="muted">{}</span>', _("never"))
    local = timezone.localtime(at)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    shown = words.relative_time(at) or formats.date_format(local, "DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, shown)


@register.filter
def percent(value: float | None, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage; never 0 % or 100 % for what is only nearly so."""
    if value is None:
        return "–"
    # number_format cuts the digits of a float off, so it is rounded here.
    share = round(value * 100, digits)
    if digits == 0 and value > 0 and share == 0:
        return "<1 %"
    if digits == 0 and value < 1 and share == 100:
        return ">99 %"
    return f"{formats.number_format(share, digits)} %"


@register.filter
def whole_percent(value: float | None) -> str:
    """The bare figure for an interval's ends: ``81`` of ``81–92 %``."""
    return "–" if value is None else str(round(value * 100))


@register.filter
def times(value: float | None, factor: float) -> str:
    """A figure for an SVG attribute, always with a point."""
    return "0" if value is None else f"{value * factor:.2f}"


@register.filter
def minus(value: float, other: float) -> float:
    return value - other


@register.simple_tag
def patient_name(patient: Any, both: bool = True) -> SafeString:
    """Both names, the one in the reader's script first."""
    first, second = words.patient_names(patient)
    if not second or not both:
        return format_html('<span class="patient-name">{}</span>', first)
    return format_html(
        '<span class="patient-name">{}</span> <span class="other-script">{}</span>', first, second
    )


@register.simple_tag
def range_value(
    value: float | str | None, low: float | None = None, high: float | None = None, unit: str = ""
) -> SafeString:
    """A value with its unit; outside the reference range it gains an arrow, weight and a word."""
    return _marked(_plain(value), range_side(value, low, high), unit)


@register.simple_tag
def reading_value(reading: charts.Reading, unit: str = "") -> SafeString:
    """The same for a reading of a trend, which knows its side and its decimals."""
    return _marked(reading.text, reading.side, unit)


def _marked(text: str, side: str, unit: str) -> SafeString:
    shown = format_html('{} <span class="unit">{}</span>', text, unit) if unit else text
    if not side:
        return format_html('<span class="in-range">{}</span>', shown)
    label = _("above the reference range") if side == "up" else _("below the reference range")
    return format_html('<span class="out-of-range">{} {}</span>', shown, icon(side, label))


@register.filter
def figure(value: Any) -> str:
    """A figure as the reader's language writes it, without needless zeros."""
    return _plain(value)


@register.inclusion_tag("components/_sparkline.html")
def sparkline(
    values: Sequence[float], low: float | None = None, high: float | None = None, label: Words = ""
) -> dict[str, Any]:
    """A small line of values, oldest first, for a table cell."""
    return {"line": charts.sparkline(values, low, high), "label": label or _("trend")}


@register.filter
def error_text(error: Any) -> str:
    """What a refusal says: an exception speaks for itself, a plain dict has a ``message``."""
    return str(error) if isinstance(error, Exception) else str(error.get("message", ""))


@register.filter
def with_columns(cells: Sequence[Any], columns: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(cells, columns, strict=True))


@register.filter
def split(text: str) -> list[str]:
    return text.split()


def range_side(value: Any, low: float | None, high: float | None) -> str:
    """Return "up", "down" or "" for a value against its reference range (ends included)."""
    if not isinstance(value, int | float) and not hasattr(value, "as_tuple"):
        return ""
    if high is not None and value > high:
        return "up"
    return "down" if low is not None and value < low else ""


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return formats.number_format(f"{value:.4f}".rstrip("0").rstrip("."), use_l10n=True)


@register.simple_tag(takes_context=True)
def sort_header(context: Context, key: str, label: Words, css: str = "") -> SafeString:
    """A ``<th>`` whose link sorts by ``key`` (GET ``sort=key`` or ``sort=-key``), keeping the other parameters."""
    current = context["request"].GET.get("sort", "")
    state = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    query = context["request"].GET.copy()
    query["sort"] = f"-{key}" if current == key else key
    query.pop("page", None)
    arrow = {"ascending": "up", "descending": "down"}.get(state, "sort")
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="?{}">{} {}</a></th>',
        css, state, query.urlencode(), label, icon(arrow),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def panel(context: Context, template_name: str, data: Mapping[str, Any] | None = None) -> SafeString:
    """Draw a registered panel or section with its own context on top of the page's."""
    with context.push(**(data or {})):
        return get_template(template_name).template.render(context)  # type: ignore[attr-defined]


@register.simple_tag
def page_span(page: Page) -> str:
    """“1–50 of 2,000” for a page of a paginator."""
    total = formats.number_format(page.paginator.count, use_l10n=True, force_grouping=True)
    return _("%(first)d–%(last)d of %(total)s") % {
        "first": page.start_index(),
        "last": page.end_index(),
        "total": total,
    }


@register.filter
def born(birth: date | None) -> str:
    """A birth date as the reader's language writes it."""
    return formats.date_format(birth, "DATE_FORMAT") if birth else _("birth date unknown")


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key)
