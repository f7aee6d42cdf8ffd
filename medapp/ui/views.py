"""The style guide: every component in every state, on invented data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from medapp.ui import examples


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/styleguide.html", examples.context())
