"""Rows of the record, written through the services."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from medapp.accounts.models import User
from medapp.records import services
from medapp.records.models import (
    AllergyIntolerance,
    Attachment,
    Condition,
    Encounter,
    MedicationRequest,
    Note,
    Observation,
    Patient,
)

SOME_DAY = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)


def patient(by: User, mrn: str = "N0001", **fields: Any) -> Patient:
    """A patient with everything that the search knows, registered by ``by``."""
    defaults: dict[str, Any] = {
        "name_zh": "张伟明",
        "name_latin": "Zhang Weiming",
        "sex": "male",
        "birth_date": datetime(1980, 3, 5, tzinfo=UTC).date(),
    }
    return services.create_patient(by=by, mrn=mrn, **(defaults | fields))


def note(
    patient: Patient, by: User, text: str = "咳嗽三天。\n无发热。", title: str = "门诊记录", **fields: Any
) -> Note:
    return services.write_note(patient=patient, text=text, title=title, by=by, **fields)


def signed_note(patient: Patient, by: User, **fields: Any) -> Note:
    return services.sign_note(note=note(patient, by, **fields), by=by)


def observation(patient: Patient, by: User, code: str = "8867-4", value: str = "72") -> Observation:
    measured = services.Measured(code=code, observed_at=SOME_DAY, number=Decimal(value))
    return services.add_observation(patient=patient, measured=measured, by=by)


def condition(patient: Patient, by: User, display: str = "肺炎", code: str = "J18.9") -> Condition:
    return services.add_condition(patient=patient, display=display, code=code, display_en="Pneumonia", by=by)


def medication(patient: Patient, by: User, name: str = "阿莫西林") -> MedicationRequest:
    return services.add_medication(patient=patient, name=name, by=by, started_at=SOME_DAY.date())


def allergy(patient: Patient, by: User, substance: str = "青霉素") -> AllergyIntolerance:
    return services.add_allergy(patient=patient, substance=substance, by=by)


def encounter(patient: Patient, by: User) -> Encounter:
    return services.add_encounter(patient=patient, started_at=SOME_DAY, reason="咳嗽", by=by)


def attachment(patient: Patient, by: User, data: bytes = b"%PDF-1.7 letter") -> Attachment:
    return services.attach_file(patient=patient, stream=BytesIO(data), title="letter", by=by)
