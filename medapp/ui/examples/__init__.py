"""Invented data for the style guide: each component in each of its states."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone

from medapp.errors import ConflictError, UnavailableError
from medapp.ui.examples import ai, data, work


def context() -> dict[str, Any]:
    now = timezone.now()
    return {
        "menu": data.menu(),
        "patient": data.patient(),
        "banner": data.banner(),
        "patient_tabs": data.tabs(),
        "suggestions": ai.suggestions(now),
        "turns": ai.turns(now),
        "spans": ai.spans(),
        "trends": data.trends(now),
        "plots": data.plots(),
        "results": data.results(),
        "columns": data.columns(),
        "rows": data.rows(),
        "page": Paginator(range(2000), 50).page(2),
        "jobs": work.jobs(now),
        "verdicts": work.verdicts(),
        "counts": {"stored": 214, "duplicate": 2, "quarantined": 1, "refused": 1},
        "form": work.ExampleForm(data={"title": "", "kind": "progress", "text": "…"}),
        "errors": [ConflictError(), UnavailableError(part="chat")],
        "moments": [now - timedelta(minutes=3), now - timedelta(hours=5), now - timedelta(days=40)],
    }
