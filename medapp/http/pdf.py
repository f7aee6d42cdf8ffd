"""HTML to PDF by WeasyPrint, which needs Pango and a CJK font from the system."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from medapp.errors import UnavailableError

try:
    import weasyprint
except OSError:  # WeasyPrint loads Pango when it is imported; without it the rest of the application goes on
    weasyprint = None


def html_to_pdf(html: str, stylesheet: str | None = None) -> bytes:
    """Return the PDF of a rendered template. Nothing is fetched but what the template carries itself.

    Raises UnavailableError where Pango is not installed.
    """
    if weasyprint is None:
        raise UnavailableError(part=_("PDF output (the system package Pango is not installed)"))
    sheets = [weasyprint.CSS(filename=stylesheet)] if stylesheet else []
    document = weasyprint.HTML(string=html, url_fetcher=_embedded_only)
    return bytes(document.write_pdf(stylesheets=sheets))


def _embedded_only(url: str, *args: Any, **kwargs: Any) -> Any:
    if not url.startswith("data:"):
        raise ValueError("a report may only carry what is embedded in it")
    return weasyprint.default_url_fetcher(url, *args, **kwargs)
