"""The style guide and the addresses that its frame names, without any department."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from medapp.http import pages
from medapp.ui import views


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", nothing, name="worklist"),
    path("search/", nothing, name="search"),
    path("language", pages.choose_language, name="set_language"),
    path("theme", pages.choose_theme, name="set_theme"),
    path("styleguide", views.styleguide, name="styleguide"),
]
