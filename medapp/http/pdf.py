"""HTML to PDF by WeasyPrint, which needs Pango and a CJK font from the system."""

import importlib
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from medapp.errors import UnavailableError


@cache
def _weasyprint() -> Any:
    """Import WeasyPrint with the first report: it takes a second, and loads Pango, which may be missing."""
    return importlib.import_module("weasyprint")


def html_to_pdf(html: str, stylesheet: str | None = None) -> bytes:
    """Return the PDF of a rendered template. Nothing is fetched but what the template carries itself.

    Raises UnavailableError where Pango is not installed.
    """
    try:
        printer = _weasyprint()
    except OSError as error:
        raise UnavailableError(part=_("PDF output (the system package Pango is not installed)")) from error
    sheets = [printer.CSS(filename=stylesheet)] if stylesheet else []
    fetcher = printer.urls.URLFetcher(allowed_protocols=["data"])
    document = printer.HTML(string=html, url_fetcher=fetcher)
    return bytes(document.write_pdf(stylesheets=sheets))
