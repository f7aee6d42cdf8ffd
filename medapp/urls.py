"""The composition root: every department's URLs, each with the action it needs."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from rest_framework.authtoken.models import TokenProxy

from medapp.accounts.actions import Action
from medapp.accounts.routes import close_included, guard, guard_included
from medapp.http import pages
from medapp.http.health import health

# Tables of secrets that other packages would show to a superuser.
for table in (TokenProxy, Authenticator):
    if admin.site.is_registered(table):
        admin.site.unregister(table)

# Accounts are made, and passwords given anew, by an administrator; there is no mail to send links by.
CLOSED = (
    "account_signup",
    "account_reset_password",
    "account_email",
    "account_confirm_email",
    "account_inactive",
)

urlpatterns = [
    guard("health", health, action=Action.PUBLIC, name="health"),
    guard("language", pages.choose_language, action=Action.PUBLIC, name="set_language"),
    guard("theme", pages.choose_theme, action=Action.PUBLIC, name="set_theme"),
    close_included(guard_included(path("account/", include("allauth.urls")), Action.PUBLIC), CLOSED),
    guard_included(path("admin/", admin.site.urls), Action.ADMIN_SITE),
    path("", include("medapp.accounts.urls")),
    path("", include("medapp.records.accountability.urls")),
    path("", include("medapp.records.urls")),
    path("", include("medapp.jobs.urls")),
    path("", include("medapp.registry.urls")),
    path("", include("imaging.urls")),
    path("", include("diagnosis.urls")),
    path("", include("consult.urls")),
    path("api/", include("medapp.api_urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("", include("medapp.ui.urls")))

handler403 = pages.forbidden
handler404 = pages.not_found
handler400 = pages.bad_request
handler500 = pages.server_error
