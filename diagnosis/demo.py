"""The demonstration clinic's pictures and latest notes, shown to their models; cohorts to score in a batch."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from diagnosis.models import Cohort
from diagnosis.services.watch import predict_notes, predict_uploads
from imaging.models import Instance
from medapp.accounts.models import User
from medapp.records.models import Note, Patient
from medapp.registry.services import sync_packs

CHILD_YEARS = 18
NOTES = 6


def load_predictions(say: Callable[[str], None]) -> None:
    """Queue what the models have not seen yet; the workers do it once they are up."""
    sync_packs()
    today = timezone.localdate()
    Cohort.objects.get_or_create(name="all", defaults={})
    Cohort.objects.get_or_create(
        name="children", defaults={"born_from": today - timedelta(days=365 * CHILD_YEARS)}
    )
    images = 0
    for patient in Patient.objects.filter(is_demo=True):
        by = User.objects.filter(care_teams__patient=patient, role="doctor").order_by("username").first()
        found = list(Instance.objects.filter(series__study__patient=patient).select_related("series__study"))
        predict_uploads(sender=Instance, instances=found, by=by)
        images += len(found)
    notes = Note.objects.filter(patient__is_demo=True).order_by("-recorded_at")[:NOTES]
    for note in notes:
        predict_notes(sender=Note, note=note, by=note.author)
    say(f"{images} images and {len(notes)} notes queued for their models")
