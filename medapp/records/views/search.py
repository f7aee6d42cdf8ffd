"""One search for everything: patients first, then whatever the departments look through."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from medapp import plugs
from medapp.accounts.access import can
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.plugs import SearchHit
from medapp.records.presenters import condition_name
from medapp.records.queries import search_conditions, search_patients
from medapp.records.views.common import user_of
from medapp.records.views.patients import rows_for
from medapp.ui.words import patient_names

LONGEST_QUERY = 200


def search(request: HttpRequest) -> HttpResponse:
    user, query = user_of(request), request.GET.get("q", "").strip()[:LONGEST_QUERY]
    groups = [
        {"key": source.key, "label": source.label, "hits": source.search(query, user)}
        for source in plugs.search_sources
        if query and can(user, Action(source.action))
    ]
    context = {"query": query, "groups": [group for group in groups if group["hits"]]}
    return render(request, "search.html", context)


def patient_hits(query: str, user: User) -> list[SearchHit]:
    """The search source of this department; a patient without an open page for this user still names itself."""
    found = [match.patient for match in search_patients(user, query)]
    hits = []
    for row in rows_for(user, found):
        first, second = patient_names(row.patient)
        facts = [
            second,
            row.patient.mrn,
            str(row.patient.get_sex_display()),
            formats.date_format(row.patient.birth_date, "DATE_FORMAT"),
            _("not in your care team") if row.is_locked else "",
        ]
        detail = " · ".join(fact for fact in facts if fact)
        url = row.url or reverse("patients")
        hits.append(SearchHit(title=first, detail=detail, url=url, patient_id=str(row.patient.pk)))
    return hits


def problem_hits(query: str, user: User) -> list[SearchHit]:
    """Problems by name or code, of the patients whose chart the user may read; each is audited as a search hit."""
    found = search_conditions(user, query)
    return [
        SearchHit(
            title=condition_name(row),
            detail=" · ".join(filter(None, [row.code, *patient_names(row.patient), row.patient.mrn])),
            url=reverse("chart", args=[row.patient_id]),
            patient_id=str(row.patient_id),
        )
        for row in found
    ]
