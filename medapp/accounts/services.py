"""Changes to who may see whom."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from medapp.accounts.actions import Action
from medapp.accounts.models import BreakGlass, CareTeamMember, User
from medapp.audit.services import record
from medapp.errors import ConflictError, InvalidInputError

SHORTEST_REASON = 5


@transaction.atomic
def open_break_glass(*, by: User, patient: Any, reason: str, request: Any = None) -> BreakGlass:
    """Give a doctor one hour in a chart outside the care team; the reason is kept and reviewed later.

    Raises InvalidInputError where the reason says nothing.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInputError(reason=_("state why you need this chart now"))
    now = timezone.now()
    glass = BreakGlass.objects.create(
        patient=patient,
        user=by,
        reason=reason.strip(),
        opened_at=now,
        expires_at=now + timedelta(seconds=settings.BREAK_GLASS_SECONDS),
    )
    record(
        action=Action.BREAK_GLASS_OPEN,
        by=by,
        patient_id=patient.pk,
        obj=glass,
        reason=reason.strip(),
        request=request,
    )
    return glass


@transaction.atomic
def review_break_glass(*, by: User, glass: BreakGlass, finding: str, request: Any = None) -> BreakGlass:
    """Close the review of one opening. Raises ConflictError where somebody has reviewed it already."""
    locked = BreakGlass.objects.select_for_update().get(pk=glass.pk)
    if locked.reviewed_at is not None:
        raise ConflictError
    locked.finding = BreakGlass.Finding(finding)
    locked.reviewed_at, locked.reviewed_by = timezone.now(), by
    locked.save(update_fields=["finding", "reviewed_at", "reviewed_by"])
    record(
        action=Action.BREAK_GLASS_REVIEW,
        by=by,
        patient_id=locked.patient_id,
        obj=locked,
        detail={"finding": finding},
        request=request,
    )
    return locked


@transaction.atomic
def join_care_team(*, by: User, patient: Any, user: User, request: Any = None) -> CareTeamMember:
    """Add ``user`` to the care team; an open membership stays as it is."""
    member, is_new = CareTeamMember.objects.get_or_create(
        patient=patient, user=user, until=None, defaults={"added_by": by}
    )
    if is_new:
        record(
            action=Action.CARE_TEAM_MANAGE,
            by=by,
            patient_id=patient.pk,
            obj=member,
            detail={"joined": str(user.pk)},
            request=request,
        )
    return member


@transaction.atomic
def leave_care_team(*, by: User, patient: Any, user: User, request: Any = None) -> None:
    """End the open membership of ``user``, if there is one."""
    ended = CareTeamMember.objects.filter(patient=patient, user=user, until=None).update(until=timezone.now())
    if ended:
        record(
            action=Action.CARE_TEAM_MANAGE,
            by=by,
            patient_id=patient.pk,
            detail={"left": str(user.pk)},
            request=request,
        )


def set_language(*, user: User, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])


def set_theme(*, user: User, theme: str) -> None:
    user.theme = User.Theme(theme)
    user.save(update_fields=["theme"])


@transaction.atomic
def renew_api_token(*, user: Any, request: Any = None) -> str:
    """Replace the user's API token and return the new one; it is shown once."""
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    record(action=Action.API_KEY, by=user, detail={"renewed": True}, request=request)
    return str(token.key)


@transaction.atomic
def revoke_api_token(*, user: Any, request: Any = None) -> None:
    Token.objects.filter(user=user).delete()
    record(action=Action.API_KEY, by=user, detail={"revoked": True}, request=request)
