"""Scopes in words."""

from django.utils.translation import gettext_lazy as _

from medapp.accounts.actions import Scope
from medapp.errors import Words

SCOPE_WORDS: dict[Scope, Words] = {
    Scope.ANY: _("everywhere"),
    Scope.TEAM: _("patients of my care teams"),
    Scope.DEPARTMENT: _("patients of my department"),
    Scope.OWN: _("what is mine"),
}
