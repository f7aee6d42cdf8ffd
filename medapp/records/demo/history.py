"""One invented patient's years of record, written through the services and dated back."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from medapp.accounts.models import Department, User
from medapp.accounts.services import join_care_team
from medapp.records import services
from medapp.records.catalogue import BY_KEY
from medapp.records.demo import notes
from medapp.records.demo.profiles import PROFILES, Profile, Words
from medapp.records.demo.profiles_more import MORE
from medapp.records.demo.roster import NO_CONSENT, Case
from medapp.records.models import Encounter, Note, Patient
from medapp.records.terminology import DIAGNOSES

ILLNESSES = PROFILES | MORE
DIAGNOSIS = {diagnosis.code: diagnosis for diagnosis in DIAGNOSES}
MEASURED_AFTER = timedelta(minutes=10)
NOTED_VISITS = 4  # of the last visits, how many have a note
STREETS = ("中山路", "人民路", "解放大道", "Garden Street", "Mill Lane", "和平里")


class Visit(NamedTuple):
    at: datetime
    share: float  # 0 at the first visit, 1 today
    values: dict[str, Decimal]


class Staff(NamedTuple):
    """Who writes: the patient's doctors, the first of whom leads, and whoever registers patients."""

    doctors: list[User]
    registrar: User


@transaction.atomic
def write_history(case: Case, staff: Staff, department: Department) -> Patient:
    """Write everything about one patient; the same ``case`` gives the same record, counted from today."""
    chance = random.Random(f"medapp demo {case.mrn}")  # noqa: S311 - invented values, not secrets
    profile = ILLNESSES[case.profile]
    patient = _register(case, staff, department, chance)
    visits = list(_visits(case, profile, chance))
    _problems(patient, profile, staff.doctors[0], visits)
    _drugs(patient, profile, staff.doctors[0], visits, case.language)
    for number, visit in enumerate(visits):
        is_last = number == len(visits) - 1
        words = profile.words(is_last)
        encounter = _encounter(patient, words, staff, department, visit)
        _measure(patient, visit, staff, encounter)
        if number >= len(visits) - NOTED_VISITS:
            _note(patient, words, staff, visit, encounter, is_draft=is_last and chance.random() < 0.25)
    return patient


def _register(case: Case, staff: Staff, department: Department, chance: random.Random) -> Patient:
    born = timezone.localdate() - timedelta(days=int(case.age * 365.25) + chance.randrange(20, 340))
    patient = services.create_patient(
        by=staff.registrar,
        is_demo=True,
        mrn=case.mrn,
        name_zh=case.zh,
        name_latin=case.latin,
        sex=case.sex,
        birth_date=born,
        language=case.language,
        department=department,
        phone=f"1390000{int(case.mrn[1:]):04d}",
        address=f"{chance.choice(STREETS)} {chance.randrange(1, 200)}",
        ai_consent=case.mrn not in NO_CONSENT,
    )
    for doctor in staff.doctors:
        join_care_team(by=staff.doctors[0], patient=patient, user=doctor)
    return patient


def _visits(case: Case, profile: Profile, chance: random.Random) -> list[Visit]:
    """Visits spread over the profile's years, the last within the last days; never before the child was born."""
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    span = min(profile.years * 365.0, case.age * 365.0) if case.age < 18 else profile.years * 365.0
    last = now - timedelta(days=chance.randrange(0, 6), hours=chance.randrange(1, 5))
    latest = now - timedelta(hours=1)  # what follows a visit lies in the past too
    found = []
    for number in range(profile.visits):
        share = number / max(1, profile.visits - 1)
        days = span * (1 - share) + (chance.uniform(-9, 9) if 0 < share < 1 else 0)
        at = (last - timedelta(days=days)).replace(
            hour=chance.randrange(8, 17), minute=chance.randrange(0, 60, 5)
        )
        found.append(Visit(min(at, latest), share, _values(profile, share, chance)))
    return found


def _values(profile: Profile, share: float, chance: random.Random) -> dict[str, Decimal]:
    """A child's acute illness appears at the last visit only; a chronic one develops."""
    developed = float(share > 0.95) if profile.is_acute else share
    found = {}
    for key, course in profile.courses.items():
        value = course.first + (course.last - course.first) * developed + chance.gauss(0, course.spread)
        measure = BY_KEY[key]
        digits = 2 if abs(course.first) < 3 else 1 if abs(course.first) < 60 else 0
        kept = min(max(value, measure.least, 0), measure.most)
        found[key] = Decimal(str(round(kept, digits)))
    return found


def _problems(patient: Patient, profile: Profile, doctor: User, visits: list[Visit]) -> None:
    since = visits[-1].at if profile.is_acute else visits[0].at
    for code in profile.diagnoses:
        known = DIAGNOSIS[code]
        services.add_condition(
            patient=patient,
            code=known.code,
            display=known.zh,
            display_en=known.en,
            onset_date=since.date(),
            by=doctor,
        )
    for zh, en, reaction_zh, reaction_en, criticality in profile.allergies:
        services.add_allergy(
            patient=patient,
            substance=zh,
            substance_en=en,
            reaction=reaction_zh if patient.language == "zh-hans" else reaction_en,
            criticality=criticality,
            by=doctor,
        )


def _drugs(patient: Patient, profile: Profile, doctor: User, visits: list[Visit], language: str) -> None:
    since = visits[-1].at if profile.is_acute else visits[min(1, len(visits) - 1)].at
    for drug in profile.drugs:
        services.add_medication(
            patient=patient,
            name=drug.zh,
            name_en=drug.en,
            dose_text=drug.dose,
            frequency=notes.FREQUENCY[language][drug.times_a_day],
            route=notes.ROUTE[language][drug.route],
            started_at=since.date(),
            by=doctor,
        )


def _encounter(
    patient: Patient, words: Words, staff: Staff, department: Department, visit: Visit
) -> Encounter:
    is_open = visit.at.date() >= timezone.localdate() - timedelta(days=2)
    encounter = services.add_encounter(
        patient=patient,
        kind=Encounter.Kind.OUTPATIENT,
        department=department,
        doctor=staff.doctors[0],
        started_at=visit.at,
        ended_at=None if is_open else visit.at + timedelta(minutes=25),
        reason=words.complaint[0 if patient.language == "zh-hans" else 1],
        by=staff.doctors[0],
    )
    Encounter.objects.filter(pk=encounter.pk).update(recorded_at=visit.at)
    return encounter


def _measure(patient: Patient, visit: Visit, staff: Staff, encounter: Encounter) -> None:
    rows = services.record_measurements(
        patient=patient,
        values={BY_KEY[key].code: value for key, value in visit.values.items()},
        observed_at=visit.at + MEASURED_AFTER,
        by=staff.doctors[-1],
        encounter=encounter,
    )
    patient.observations.filter(pk__in=[row.pk for row in rows]).update(
        recorded_at=rows[0].observed_at if rows else visit.at
    )


def _note(
    patient: Patient, words: Words, staff: Staff, visit: Visit, encounter: Encounter, is_draft: bool
) -> None:
    doctor, at = staff.doctors[0], visit.at + timedelta(minutes=20)
    note = services.write_note(
        patient=patient,
        text=notes.text_of(words, patient.language, visit.values),
        title=notes.title_of(patient.language, visit.at.date()),
        kind=Note.Kind.OUTPATIENT,
        encounter=encounter,
        is_quiet=True,
        by=doctor,
    )
    note.versions.update(at=at)
    if not is_draft:
        services.sign_note(note=note, by=doctor)
        Note.objects.filter(pk=note.pk).update(signed_at=at + timedelta(minutes=5))
    Note.objects.filter(pk=note.pk).update(recorded_at=at, updated_at=at)
