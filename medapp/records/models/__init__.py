"""About whom: the patient and everything that stands in the record."""

from medapp.records.models.attachments import Attachment
from medapp.records.models.clinical import (
    AllergyIntolerance,
    Condition,
    Encounter,
    MedicationRequest,
    Observation,
)
from medapp.records.models.imports import ImportRun
from medapp.records.models.notes import Note, NoteVersion
from medapp.records.models.patients import Identifier, Patient, PatientSearchTerm

__all__ = [
    "AllergyIntolerance",
    "Attachment",
    "Condition",
    "Encounter",
    "Identifier",
    "ImportRun",
    "MedicationRequest",
    "Note",
    "NoteVersion",
    "Observation",
    "Patient",
    "PatientSearchTerm",
]
