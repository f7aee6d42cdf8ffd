"""What the department's pages share."""

from django.http import HttpRequest

from medapp.records.views.common import page_of, user_of

__all__ = ["page_of", "user_of", "wants_json"]


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
