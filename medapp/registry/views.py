"""The list of models and the card of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from medapp.registry.card import card_blocks
from medapp.registry.models import ModelVersion
from medapp.registry.presenters import figures, figures_by_label, label_names, scope_lines


def model_list(request: HttpRequest) -> HttpResponse:
    versions = list(ModelVersion.objects.exclude(status="retired", problem_code="missing"))
    rows = [{"version": version, "figures": figures(version)[:2]} for version in versions]
    return render(request, "registry/list.html", {"rows": rows})


def model_detail(request: HttpRequest, version: ModelVersion) -> HttpResponse:
    names, by_label = figures_by_label(version)
    context = {
        "version": version,
        "figures": figures(version),
        "label_figure_names": names,
        "figures_by_label": by_label,
        "labels": label_names(version),
        "scope": scope_lines(version),
        "n": (version.card.get("metrics") or {}).get("test", {}).get("n"),
        "blocks": card_blocks(version, get_language() or "en"),
        "others": ModelVersion.objects.filter(name=version.name).exclude(id=version.id),
    }
    return render(request, "registry/detail.html", context)
