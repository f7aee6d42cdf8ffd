"""The one place that decides who may do what, and that says why.

``visible_to`` is the policy as a queryset filter; ``can`` and ``fetch`` are questions to it, so that a list
and a single object can never disagree. A model takes part by class attributes:

``PATIENT_PATH``  the lookup from the model to its patient ("" for Patient itself);
``OWNER_PATH``    the lookup to the user who owns the row: for actions of scope OWN, and for rows about no patient.
"""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medapp.accounts.actions import Action, Scope, scope_of
from medapp.accounts.models import BreakGlass, CareTeamMember, User
from medapp.audit.services import record
from medapp.errors import NotFoundError, Words

M = TypeVar("M", bound=Model)
Person = User | AnonymousUser

BASIS_WORDS: dict[str, Words] = {
    "anonymous": _("Nobody is signed in."),
    "inactive": _("The account is switched off."),
    "no-permission": _("The role does not include this."),
    "role": _("The role includes this for every patient."),
    "care-team": _("Member of the patient’s care team."),
    "department": _("The patient belongs to the same department."),
    "break-glass": _("Break-glass access is open; it will be reviewed."),
    "outside": _("Not in the patient’s care team."),
    "own": _("Owner of the record."),
}


@dataclass(frozen=True)
class Verdict:
    """The answer to "may this user do this to this patient?", with the basis it rests on."""

    allowed: bool
    basis: str

    @property
    def explanation(self) -> Words:
        return BASIS_WORDS[self.basis]


def decide(user: Person, action: Action, patient: Model | None = None) -> Verdict:
    """Decide on an action, for one patient where it concerns one."""
    scope, refusal = _scope(user, action)
    if scope is None:
        return Verdict(False, refusal)
    if scope is Scope.ANY:
        return Verdict(True, "role")
    if patient is None:
        return Verdict(True, "own" if scope is Scope.OWN else "role")
    basis = basis_for(user, scope, patient)
    return Verdict(basis is not None, basis or "outside")


def basis_for(user: Person, scope: Scope, patient: Model) -> str | None:
    """Return what makes ``patient`` visible to ``user``, the plainest reason first."""
    if _team_of(user).filter(patient=patient.pk).exists():
        return "care-team"
    department = getattr(patient, "department_id", None)
    if scope is Scope.DEPARTMENT and department and department == user.department_id:  # type: ignore[union-attr]
        return "department"
    if scope is not Scope.MEMBER and _open_glass_of(user).filter(patient=patient.pk).exists():
        return "break-glass"
    return None


def visible_to(user: Person, action: Action, queryset: QuerySet[M]) -> QuerySet[M]:
    """Return the rows of ``queryset`` on which ``user`` may perform ``action``."""
    scope, _refusal = _scope(user, action)
    if scope is None:
        return queryset.none()
    if scope is Scope.ANY:
        return queryset
    if scope is Scope.OWN:
        return queryset.filter(_owned_by(user, queryset.model))
    path = getattr(queryset.model, "PATIENT_PATH", None)
    if path is None:
        return queryset
    return queryset.filter(_patients_of(user, scope, path) | _own_without_patient(user, queryset.model, path))


def can(user: Person, action: Action, obj: Model | None = None) -> bool:
    """Tell whether ``user`` may perform ``action`` at all, or on ``obj``."""
    if obj is None:
        return _scope(user, action)[0] is not None
    return visible_to(user, action, type(obj)._default_manager.all()).contains(obj)


def fetch(user: Person, action: Action, queryset: QuerySet[M], request: Any = None, **lookup: Any) -> M:
    """Return the one visible row; a missing and a forbidden one give the same NotFoundError, both audited."""
    try:
        found = visible_to(user, action, queryset).filter(**lookup).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        _audit_refusal(user, action, queryset, lookup, request)
        raise NotFoundError
    return found


def patient_of(obj: Model) -> Any:
    """Return the patient that ``obj`` is about, or None."""
    path = getattr(obj, "PATIENT_PATH", None)
    if path is None:
        return None
    target: Any = obj
    for step in filter(None, path.split("__")):
        target = getattr(target, step)
        if target is None:
            return None
    return target


def _scope(user: Person, action: Action) -> tuple[Scope | None, str]:
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None, "anonymous"
    if not user.is_active:
        return None, "inactive"
    return scope_of(user.role, action), "no-permission"


def _team_of(user: Person) -> QuerySet[CareTeamMember]:
    now = timezone.now()
    return CareTeamMember.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now), user=user.pk, since__lte=now
    )


def _open_glass_of(user: Person) -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(user=user.pk, expires_at__gt=timezone.now())


def _patients_of(user: Person, scope: Scope, path: str) -> Q:
    key = f"{path}__in" if path else "pk__in"
    allowed = Q(**{key: _team_of(user).values("patient")})
    if scope is Scope.MEMBER:
        return allowed
    allowed |= Q(**{key: _open_glass_of(user).values("patient")})
    department_id = getattr(user, "department_id", None)
    if scope is Scope.DEPARTMENT and department_id:
        allowed |= Q(**{f"{path}__department" if path else "department": department_id})
    return allowed


def _own_without_patient(user: Person, model: type[Model], path: str) -> Q:
    """What one brought oneself and what is about nobody yet, such as an upload that names no patient."""
    owner = getattr(model, "OWNER_PATH", None)
    if owner is None or not path:
        return Q(pk__in=[])
    return Q(**{f"{path}__isnull": True, owner: user.pk})


def _owned_by(user: Person, model: type[Model]) -> Q:
    """One's own rows, as long as the patient they are about (if any) is still visible.

    A patient is nobody's own: what one may do with what is one's own, one may do about the patients one sees.
    """
    path = getattr(model, "PATIENT_PATH", None)
    if path == "":
        return _patients_of(user, Scope.TEAM, path)
    owner = getattr(model, "OWNER_PATH", None)
    if owner is None:
        return Q(pk__in=[])
    owned = Q(**{owner: user.pk})
    if path is None:
        return owned
    return owned & (Q(**{f"{path}__isnull": True}) | _patients_of(user, Scope.TEAM, path))


def _audit_refusal(
    user: Person, action: Action, queryset: QuerySet[M], lookup: dict[str, Any], request: Any
) -> None:
    try:
        existing = queryset.filter(**lookup).first()
    except (ValidationError, ValueError):
        existing = None
    patient = patient_of(existing) if existing is not None else None
    patient_id: UUID | None = patient.pk if patient is not None else None
    detail = {"object": queryset.model._meta.label, "id": str(next(iter(lookup.values()), ""))[:64]}
    by = user if user.is_authenticated else None
    record(action=action, by=by, patient_id=patient_id, outcome="refused", detail=detail, request=request)
