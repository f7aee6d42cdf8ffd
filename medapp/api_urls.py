"""The API of all departments, with its schema and an offline documentation page."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from medapp.accounts.actions import Action
from medapp.accounts.routes import guard
from medapp.http.api import PolicyMixin, guard_api


class Schema(PolicyMixin, SpectacularAPIView):
    """The description of the API, for whoever holds a session or a token."""


urlpatterns = [
    guard_api("schema/", Schema, action=Action.API_DOCS, name="api-schema"),
    guard(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema"),
        action=Action.API_DOCS,
        name="api-docs",
    ),
    path("", include("medapp.jobs.api_urls")),
    path("", include("medapp.records.api_urls")),
    path("", include("imaging.api_urls")),
    path("", include("diagnosis.api_urls")),
]
