"""What the frame around every page needs: the menu the role may use, language, theme, demo mark."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. ``theme`` is rendered by the server, so that no page flashes in the wrong one."""
    user = getattr(request, "user", None)
    patient = getattr(request, "patient", None)
    theme = getattr(user, "theme", "") if user is not None and user.is_authenticated else ""
    return {
        "is_demo": settings.IS_DEMO,
        "languages": settings.LANGUAGES,
        "theme": theme or request.COOKIES.get("theme", "system"),
        "menu": menu(request),
        "patient_tabs": tabs(request, patient) if patient is not None else [],
    }


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the rail's entries that the user's role may open."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [
        _entry(request, plug, reverse(plug.url_name)) | {"shortcut": plug.shortcut}
        for plug in plugs.menu_entries
        if can(user, Action(plug.action))
    ]


def tabs(request: HttpRequest, patient: Any) -> list[dict[str, Any]]:
    """Return the patient's tabs that the user may open."""
    shown = [
        _entry(request, plug, reverse(plug.url_name, args=[patient.pk]))
        for plug in plugs.patient_tabs
        if can(request.user, Action(plug.action))
    ]
    return _only_closest_active(shown)


def _only_closest_active(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The overview's URL begins every other tab's, so that the longest one that fits is where the page stands."""
    closest = max((len(entry["url"]) for entry in entries if entry["active"]), default=0)
    return [entry | {"active": entry["active"] and len(entry["url"]) == closest} for entry in entries]


def _entry(request: HttpRequest, plug: plugs.MenuEntry | plugs.PatientTab, url: str) -> dict[str, Any]:
    prefixes = getattr(plug, "prefixes", ())
    is_here = request.path == url or (url != "/" and request.path.startswith((url, *prefixes)))
    return {"key": plug.key, "label": plug.label, "url": url, "active": is_here}
