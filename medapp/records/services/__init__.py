"""The only writers of the record. Every one takes ``by=`` and leaves its audit event in the same transaction."""

from medapp.records.services.attachments import attach_file, withdraw_attachment
from medapp.records.services.clinical import (
    add_allergy,
    add_condition,
    add_encounter,
    add_medication,
    finish_encounter,
    refute_allergy,
    resolve_condition,
    stop_medication,
    withdraw_condition,
)
from medapp.records.services.notes import amend_note, revise_note, sign_note, write_note
from medapp.records.services.observations import (
    Measured,
    add_observation,
    add_observations,
    record_measurements,
    withdraw_observation,
)
from medapp.records.services.patients import PatientFields, create_patient, update_patient

__all__ = [
    "Measured",
    "PatientFields",
    "add_allergy",
    "add_condition",
    "add_encounter",
    "add_medication",
    "add_observation",
    "add_observations",
    "amend_note",
    "attach_file",
    "create_patient",
    "finish_encounter",
    "record_measurements",
    "refute_allergy",
    "resolve_condition",
    "revise_note",
    "sign_note",
    "stop_medication",
    "update_patient",
    "withdraw_attachment",
    "withdraw_condition",
    "withdraw_observation",
    "write_note",
]
