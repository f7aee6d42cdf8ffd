"""Events as sentences in the reader's language.

An app registers a sentence for each of its actions, with places for what an event has:

    register_sentence("chart.read", _("%(actor)s read the chart."))
    register_sentence("chart.read", _("%(actor)s tried to read the chart."), outcome="refused")
"""

from collections import defaultdict
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from medapp.audit.models import Event

Words = str | Promise
_sentences: dict[str, Words] = {}


def register_sentence(action: str, sentence: Words, *, outcome: str = "") -> None:
    """Name what ``action`` means; a sentence for one ``outcome`` goes before the general one."""
    _sentences[_key(action, outcome)] = sentence


def describe(event: Event) -> str:
    """Return what happened; an action without a sentence is named by its code."""
    sentence = _sentences.get(_key(event.action, event.outcome)) or _sentences.get(_key(event.action))
    if sentence is None:
        return f"{actor_name(event)}: {event.action}"
    return str(sentence) % _places(event)


def has_sentence(action: str) -> bool:
    return _key(action) in _sentences


def actor_name(event: Event) -> str:
    return event.actor_name or _("The system")


def _key(action: str, outcome: str = "") -> str:
    return f"{action}:{outcome}" if outcome else str(action)


def _places(event: Event) -> dict[str, Any]:
    """A place that an older event does not fill stays empty instead of breaking the page."""
    places: dict[str, Any] = defaultdict(str)
    places.update(event.detail)
    places.update(actor=actor_name(event), object=event.object_type, object_id=event.object_id)
    return places
