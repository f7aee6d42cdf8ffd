"""Words for figures: probability, frequency, age, relative time, in the reader's language."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from medapp.errors import Words

MINUTE, HOUR, DAY = 60, 3600, 86400
LIKELY, UNLIKELY, MARKED = 0.66, 0.33, 0.9


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def in_language(value: Any) -> Words:
    """Return the reader's variant of ``{"zh":…, "en":…}``, of an object with ``name_zh``/``name_en``, or the value."""
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    if isinstance(value, dict):
        return _first(value.get(key) for key in (first, second, f"name_{first}", f"name_{second}", "name"))
    if hasattr(value, "name_zh"):
        return _first(getattr(value, f"name_{key}", "") for key in (first, second))
    return "" if value is None else str(value)


def _first(candidates: Any) -> Words:
    return next((candidate for candidate in candidates if candidate), "")


def probability_words(probability: float | None) -> str:
    """Return the word that goes with a calibrated probability; None means that nothing was assessed."""
    if probability is None:
        return _("not assessed")
    if probability >= LIKELY:
        return _("very likely") if probability >= MARKED else _("likely")
    if probability > UNLIKELY:
        return _("uncertain")
    return _("very unlikely") if probability <= 1 - MARKED else _("unlikely")


def frequency(probability: float | None, subject: str = "") -> str:
    """Return the probability as a count in a hundred such pictures, notes or cases."""
    if probability is None:
        return ""
    params = {"things": _things(subject), "count": round(probability * 100)}
    if probability < 0.01:
        return _("fewer than 1 of 100 such %(things)s") % params
    if probability > 0.99:
        return _("more than 99 of 100 such %(things)s") % params
    return _("about %(count)d of 100 such %(things)s") % params


def _things(subject: str) -> str:
    things = {
        "image": pgettext("of 100 such", "pictures"),
        "instance": pgettext("of 100 such", "pictures"),
        "note": pgettext("of 100 such", "notes"),
        "text": pgettext("of 100 such", "notes"),
    }
    return things.get(subject, pgettext("of 100 such", "cases"))


def age(birth: date | None, on: date | None = None) -> str:
    """Return an age as a clinician says it: days for the newborn, then months to two years, then years."""
    on = on or timezone.localdate()
    if birth is None or birth > on:
        return _("age unknown")
    days = (on - birth).days
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    if months < 1:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if months < 24:
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    return ngettext("%(n)d year", "%(n)d years", months // 12) % {"n": months // 12}


def relative_time(at: datetime, now: datetime | None = None) -> str:
    """Return “3 minutes ago”; older than a week is left to the date itself and gives an empty string."""
    seconds = ((now or timezone.now()) - at).total_seconds()
    if seconds < 0:
        return _in_future(-seconds)
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        n = int(seconds // MINUTE)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    if seconds < DAY:
        n = int(seconds // HOUR)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    n = int(seconds // DAY)
    return ngettext("%(n)d day ago", "%(n)d days ago", n) % {"n": n} if n < 7 else ""


def _in_future(seconds: float) -> str:
    if seconds < HOUR:
        n = max(1, round(seconds / MINUTE))
        return ngettext("in %(n)d minute", "in %(n)d minutes", n) % {"n": n}
    if seconds < DAY:
        n = round(seconds / HOUR)
        return ngettext("in %(n)d hour", "in %(n)d hours", n) % {"n": n}
    return ""


def seconds_left(seconds: float | None) -> str:
    """Return how long a running job still takes, rounded as a person would say it."""
    if seconds is None:
        return ""
    if seconds < 90:
        return _("about %(n)d s left") % {"n": max(1, round(seconds))}
    return _("about %(n)d min left") % {"n": round(seconds / MINUTE)}


def patient_names(patient: Any) -> tuple[str, str]:
    """Return (name to read first, name in the other script): Chinese first in Chinese, Latin first in English."""
    names = (getattr(patient, "name_zh", "") or "", getattr(patient, "name_latin", "") or "")
    first, second = names if is_chinese() else names[::-1]
    return (first, second) if first else (second, "")
