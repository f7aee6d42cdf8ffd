"""Whom a file is about: compared by identifier and birth date, never by name alone."""

from dataclasses import dataclass
from enum import StrEnum

from imaging.dicom.header import Header
from medapp.records.models import Identifier, Patient
from medapp.records.spelling import squeezed


class Match(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    ABSENT = "absent"


@dataclass(frozen=True)
class Comparison:
    """A header beside a patient, trait by trait."""

    identifier: Match
    birth_date: Match
    sex: Match
    name: Match

    @property
    def is_same_person(self) -> bool:
        """The identifier agrees and the birth date too; where that is missing, the name must not differ."""
        if self.identifier is not Match.SAME or self.sex is Match.DIFFERENT:
            return False
        if self.birth_date is Match.ABSENT:
            return self.name is not Match.DIFFERENT
        return self.birth_date is Match.SAME

    @property
    def is_proven(self) -> bool:
        """Enough to find the patient without a person's word."""
        return self.is_same_person and self.birth_date is Match.SAME

    @property
    def is_silent(self) -> bool:
        """No identifier, and nothing that speaks against the patient."""
        others = (self.birth_date, self.sex, self.name)
        return self.identifier is Match.ABSENT and Match.DIFFERENT not in others


def compare(header: Header, patient: Patient) -> Comparison:
    return Comparison(
        identifier=_identifier_match(header, patient),
        birth_date=_plain_match(header.patient_birth_date, patient.birth_date),
        sex=_sex_match(header.patient_sex, patient.sex),
        name=_name_match(header, patient),
    )


def find_patient(header: Header) -> Patient | None:
    """Return the one patient with this identifier AND this birth date."""
    candidate = holder_of(header.dicom_patient_id)
    if candidate is not None and compare(header, candidate).is_proven:
        return candidate
    return None


def holder_of(number: str) -> Patient | None:
    """Return the one patient that the number belongs to, the chart number first; None where two have it."""
    if not number:
        return None
    patient = Patient.objects.filter(mrn=number).first()
    if patient is not None:
        return patient
    rows = Patient.objects.filter(identifiers__value=number).distinct()[:2]
    return rows[0] if len(rows) == 1 else None


def _identifier_match(header: Header, patient: Patient) -> Match:
    number = header.dicom_patient_id
    if not number:
        return Match.ABSENT
    is_known = number == patient.mrn or Identifier.objects.filter(patient=patient, value=number).exists()
    return Match.SAME if is_known else Match.DIFFERENT


def _plain_match(stated: object, known: object) -> Match:
    if stated is None or known is None:
        return Match.ABSENT
    return Match.SAME if stated == known else Match.DIFFERENT


def _sex_match(stated: str, known: str) -> Match:
    sexes = {"M": Patient.Sex.MALE, "F": Patient.Sex.FEMALE}
    if stated not in sexes or known not in sexes.values():
        return Match.ABSENT
    return Match.SAME if sexes[stated] == known else Match.DIFFERENT


def _name_match(header: Header, patient: Patient) -> Match:
    """Any spelling that the header has against any that the patient has; word order does not count."""
    name = header.patient_name
    if name is None:
        return Match.ABSENT
    stated = {_key(text) for text in (name.alphabetic, name.ideographic, name.offered or "") if text}
    known = {_key(text) for text in (patient.name_zh, patient.name_latin, patient.name_pinyin) if text}
    stated, known = stated - {""}, known - {""}
    if not stated or not known:
        return Match.ABSENT
    return Match.SAME if stated & known else Match.DIFFERENT


def _key(text: str) -> str:
    """The letters without their order: "Wang Xiaoming", "XIAOMING^WANG" and "wangxiaoming" are one name."""
    return "".join(sorted(squeezed(text)))
