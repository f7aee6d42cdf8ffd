"""Accounting for pictures that are looked at: once for each reader, series and quarter of an hour.

The page of a study leaves its own event at every visit; a stack of 300 pictures would leave 300 more, each
holding the chain's lock. The event names the series, which is what a privacy officer asks about.
"""

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from imaging.models import Instance
from medapp.accounts.access import decide
from medapp.accounts.actions import Action
from medapp.audit.services import record

REMEMBERED_SECONDS = 900


def account_for_read(request: HttpRequest, instance: Instance) -> None:
    """Leave the event unless this reader has one for this series already."""
    key = f"imaging.read:{request.user.pk}:{instance.series_id}"
    if not cache.add(key, 1, REMEMBERED_SECONDS):
        return
    patient = instance.series.study.patient
    verdict = decide(request.user, Action.IMAGE_READ, patient)
    try:
        with transaction.atomic():
            record(
                action="image.view",
                by=request.user,
                patient_id=patient.pk,
                obj=instance.series,
                outcome="allowed",
                detail={"basis": verdict.basis},
                request=request,
            )
    except BaseException:
        cache.delete(key)  # an event that was not written must not count as written
        raise
