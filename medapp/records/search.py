"""Find patients by whatever is at hand: a name in any spelling, a number, a birth date, a phone."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from medapp.records.models import Patient, PatientSearchTerm
from medapp.records.spelling import folded, has_chinese, squeezed
from medapp.vault.index import candidates

Kind = PatientSearchTerm.Kind
MOST_HITS = 50
MOST_TERMS = 600  # looked at before ranking; the index gives the closest first
LONGEST_QUERY = 80
AFTER_ALL_TERMS = "\U0010ffff"
EXACT = {Kind.NUMBER.value: 100, Kind.NAME.value: 90, Kind.PART.value: 70, Kind.INITIALS.value: 60}
PREFIX = {Kind.NUMBER.value: 55, Kind.NAME.value: 50, Kind.PART.value: 40, Kind.INITIALS.value: 30}
BY_SECRET_NUMBER = 100
BY_BIRTH_DATE = 65

Scores = dict[UUID, tuple[int, str]]  # best score of a patient, and what it rests on


@dataclass(frozen=True)
class Match:
    """A patient with the reason why the query found them; ``basis`` is a word of the interface."""

    patient: Patient
    score: int
    basis: str


def match_patients(patients: QuerySet[Patient], query: str, limit: int = MOST_HITS) -> list[Match]:
    """Return the patients of the queryset that the query means, best first."""
    text = unicodedata.normalize("NFKC", query).strip()[:LONGEST_QUERY]
    if not _is_enough(text):
        return []
    scores: Scores = {}
    _by_secret_numbers(patients, text, scores)
    _by_one_term(patients, text, scores)
    _by_words(patients, text, scores)
    best = sorted(scores.items(), key=lambda item: -item[1][0])[: limit * 4]
    rows = Patient.objects.select_related("department").in_bulk([pk for pk, _score in best])
    found = [Match(rows[pk], *score) for pk, score in best if pk in rows]
    return sorted(found, key=lambda m: (-m.score, m.patient.name_pinyin, m.patient.mrn))[:limit]


def birth_dates(text: str) -> set[date]:
    """Return the dates that ``text`` may mean: 1980-03-05, 1980年3月5日, 19800305, 5/3/1980 either way round."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if re.fullmatch(r"\d{8}", text):
        numbers = [int(text[:4]), int(text[4:6]), int(text[6:])]
        return _dates([tuple(numbers)])
    if re.fullmatch(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?", text):
        return _dates([(numbers[0], numbers[1], numbers[2])])
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", text):
        first, second, year = numbers
        return _dates([(year, second, first), (year, first, second)])
    return set()


def canonical_phone(text: str) -> str:
    """Return a phone number as stored: digits, a leading + for abroad, no country code for mainland China."""
    kept = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", kept)


def canonical_national_id(text: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def _dates(parts: Iterable[tuple[int, ...]]) -> set[date]:
    found = set()
    for year, month, day in parts:
        try:
            found.add(date(year, month, day))
        except ValueError:
            continue
    return found


def _is_enough(text: str) -> bool:
    """One letter finds half of the clinic; one Chinese character is a surname."""
    return has_chinese(text) or len(squeezed(text)) >= 2


def _keep(scores: Scores, pk: UUID, score: int, basis: str) -> None:
    if pk not in scores or scores[pk][0] < score:
        scores[pk] = (score, basis)


def _by_secret_numbers(patients: QuerySet[Patient], text: str, scores: Scores) -> None:
    phone, national_id = canonical_phone(text), canonical_national_id(text)
    if 7 <= len(phone) <= 16 and re.fullmatch(r"[\d\s+()-]+", text):
        known = patients.filter(phone_index__in=candidates(phone, "patient.phone"))
        for pk in known.values_list("pk", flat=True)[:MOST_HITS]:
            _keep(scores, pk, BY_SECRET_NUMBER, "phone")
    if re.fullmatch(r"[A-Z0-9]{6,24}", national_id):
        known = patients.filter(national_id_index__in=candidates(national_id, "patient.national_id"))
        for pk in known.values_list("pk", flat=True)[:MOST_HITS]:
            _keep(scores, pk, BY_SECRET_NUMBER, "national-id")


def _by_one_term(patients: QuerySet[Patient], text: str, scores: Scores) -> None:
    """The whole query, spaces removed, as the beginning of a number, name, part or initials; or a birth date."""
    for pk in patients.filter(birth_date__in=birth_dates(text)).values_list("pk", flat=True)[:MOST_HITS]:
        _keep(scores, pk, BY_BIRTH_DATE, "birth-date")
    term = squeezed(text)
    for pk, kind, found in _terms(patients, _begins_with(term)):
        score = EXACT[kind] if found == term else PREFIX[kind]
        _keep(scores, pk, score, kind)


def _by_words(patients: QuerySet[Patient], text: str, scores: Scores) -> None:
    """Several words, each of which must fit: "smith 1980-03-05", "li wei", "伟 M00012"."""
    words = [word for word in re.split(r"[\s,，;；、]+", text) if squeezed(word)]
    if len(words) < 2:
        return
    for word in words[:4]:
        patients = patients.filter(_fits(word))
    keys = list(patients.values_list("pk", flat=True)[: MOST_HITS * 4])
    exact = defaultdict(set)
    terms = {squeezed(word) for word in words}
    for pk, _kind, found in _terms(Patient.objects.filter(pk__in=keys), Q(term__in=terms)):
        exact[pk].add(found)
    for pk in keys:
        _keep(scores, pk, 45 + 40 * len(exact[pk]) // len(words), "words")


def _fits(word: str) -> Q:
    fits = Q(pk__in=PatientSearchTerm.objects.filter(_begins_with(squeezed(word))).values("patient"))
    dates = birth_dates(folded(word))
    return fits | Q(birth_date__in=dates) if dates else fits


def _terms(patients: QuerySet[Patient], condition: Q) -> Iterable[tuple[UUID, str, str]]:
    # A look-up per term of the index, in its order, until there are enough; never a list of all patients.
    is_visible = Exists(patients.order_by().filter(pk=OuterRef("patient_id")))
    terms = PatientSearchTerm.objects.filter(condition).filter(is_visible)
    return terms.order_by("term").values_list("patient_id", "kind", "term")[:MOST_TERMS]


def _begins_with(term: str) -> Q:
    """A prefix as the index of each database can answer it: SQLite by range, PostgreSQL by its pattern index."""
    if connection.vendor == "sqlite":
        return Q(term__gte=term, term__lt=term + AFTER_ALL_TERMS)
    return Q(term__startswith=term)
