"""Scopes in words."""

from django.utils.translation import gettext_lazy as _

from medapp.accounts.actions import Scope
from medapp.errors import Words

SCOPE_WORDS: dict[Scope, Words] = {
    Scope.ANY: _("everywhere"),
    Scope.MEMBER: _("patients of my care teams, without break-glass"),
    Scope.TEAM: _("patients of my care teams"),
    Scope.DEPARTMENT: _("patients of my department"),
    Scope.OWN: _("what is mine"),
}
