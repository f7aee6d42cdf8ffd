"""The search terms of a patient: every spelling under which somebody may look for them."""

from collections.abc import Iterable, Iterator

from medapp.records.models import Patient, PatientSearchTerm
from medapp.records.spelling import has_chinese, latin_parts, readings, squeezed

Kind = PatientSearchTerm.Kind
LONGEST = 240


def terms_of(patient: Patient) -> set[tuple[str, str]]:
    """Return the (kind, term) pairs of a patient; the row itself must already have an id."""
    found = {(Kind.NUMBER.value, squeezed(patient.mrn))}
    found.update(_chinese(patient.name_zh))
    found.update(_latin(patient.name_latin))
    return {(kind, term[:LONGEST]) for kind, term in found if term}


def _chinese(name: str) -> Iterator[tuple[str, str]]:
    characters = squeezed(name)
    if not has_chinese(characters):
        yield from _latin(name)
        return
    yield Kind.NAME.value, characters
    for start in range(1, len(characters)):
        yield Kind.PART.value, characters[start:]
    for reading in readings(name):
        yield Kind.NAME.value, reading.joined
        yield Kind.INITIALS.value, reading.initials
        yield Kind.PART.value, reading.syllables[0]
        for start in range(1, len(reading.syllables)):
            yield Kind.PART.value, "".join(reading.syllables[start:])


def _latin(name: str) -> Iterator[tuple[str, str]]:
    parts = latin_parts(name)
    if not parts:
        return
    yield Kind.NAME.value, "".join(parts)
    yield Kind.NAME.value, "".join(reversed(parts))
    yield Kind.INITIALS.value, "".join(part[0] for part in parts)
    for part in parts:
        yield Kind.PART.value, part


def refresh_terms(patients: Iterable[Patient]) -> None:
    """Replace the search terms of ``patients``; part of the transaction that wrote their names."""
    rows = list(patients)
    PatientSearchTerm.objects.filter(patient__in=[patient.pk for patient in rows]).delete()
    PatientSearchTerm.objects.bulk_create(
        [
            PatientSearchTerm(patient=patient, kind=kind, term=term)
            for patient in rows
            for kind, term in sorted(terms_of(patient))
        ],
        batch_size=1000,
    )
