"""Filters of the trail and the review of an opening."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medapp.accounts.models import BreakGlass
from medapp.audit.models import Event
from medapp.audit.queries import Filter
from medapp.records.accountability.words import action_words


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FilterForm(forms.Form):
    """Who, what, with which outcome and when; every field may stay empty."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=80)
    action = forms.ChoiceField(label=_("What"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("all")), *Event.Outcome.choices]
    )
    since = forms.DateField(label=_("From"), required=False, widget=DateInput)
    until = forms.DateField(label=_("To"), required=False, widget=DateInput)

    def __init__(self, *args: Any, actions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = sorted(((action, action_words(action)) for action in actions), key=lambda pair: pair[1])
        self.fields["action"].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]

    def kept(self) -> Filter:
        """Return the filter; a field that makes no sense shows its error and filters nothing."""
        if not self.is_bound:
            return Filter()
        self.full_clean()
        given = self.cleaned_data
        until: date | None = given.get("until")
        return Filter(
            actor=given.get("actor", ""),
            action=given.get("action", ""),
            outcome=given.get("outcome", ""),
            since=_midnight(given.get("since")),
            until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
        )


class ReviewForm(forms.Form):
    finding = forms.ChoiceField(
        label=_("Finding"), choices=BreakGlass.Finding.choices, widget=forms.RadioSelect
    )


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
