"""How the database answers a search; bench/patient_search.py measures it over 50,000 patients."""

import pytest
from django.db import connection
from django.db.models import QuerySet

from medapp.records.models import Patient, PatientSearchTerm
from medapp.records.search import _begins_with


def plan_of(queryset: QuerySet) -> str:
    return queryset.explain()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's own query plan")
def test_prefix_when_asked_then_answered_by_the_covering_index(db):
    terms = PatientSearchTerm.objects.filter(_begins_with("zhang")).values("patient")
    assert "COVERING INDEX search_term_of_patient" in plan_of(terms)


def test_list_by_name_when_sorted_then_follows_the_index(db):
    plan = plan_of(Patient.objects.order_by("name_pinyin", "mrn")[:50])
    assert "patient_by_name" in plan or connection.vendor != "sqlite"
