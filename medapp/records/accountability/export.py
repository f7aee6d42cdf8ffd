"""The trail as a CSV file that spreadsheets open."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from medapp.audit.models import Event
from medapp.errors import TooLargeError
from medapp.records.accountability.presenters import Desk, Entry
from medapp.typed import harmless_cell

MOST_ROWS = 100_000
CHUNK_ROWS = 1000
# Excel takes UTF-8 for something else unless the file begins with this mark.
BYTE_ORDER_MARK = "\ufeff"


def as_csv(events: QuerySet[Event]) -> str:
    """Return the events as CSV, newest first. Raises TooLargeError past 100,000 rows."""
    if events.count() > MOST_ROWS:
        raise TooLargeError(limit=_("%(n)d rows") % {"n": MOST_ROWS})
    target = io.StringIO()
    target.write(BYTE_ORDER_MARK)
    writer = csv.writer(target)
    writer.writerow(_head())
    writer.writerows(_rows(events))
    return target.getvalue()


def _head() -> list[str]:
    return [
        _("Event"), _("When"), _("Who"), _("Role"), _("What"), _("Code"), _("Object"), _("Object id"),
        _("Outcome"), _("Why"), _("Patient number"), _("Details"), _("Address"), _("Hash"),
    ]  # fmt: skip


def _rows(events: QuerySet[Event]) -> Iterator[list[str]]:
    stream = events.iterator(chunk_size=CHUNK_ROWS)
    while part := list(islice(stream, CHUNK_ROWS)):
        yield from (_row(entry) for entry in Desk(part).entries())


def _row(entry: Entry) -> list[str]:
    event = entry.event
    details = "; ".join(f"{key}={value}" for key, value in event.detail.items())
    cells = [
        str(event.sequence), timezone.localtime(event.at).isoformat(), entry.who, entry.role, entry.what,
        event.action, entry.subject, event.object_id, entry.outcome, " ".join(entry.why),
        entry.patient.mrn if entry.patient else "", details, event.address, event.hash,
    ]  # fmt: skip
    return [harmless_cell(cell) for cell in cells]
