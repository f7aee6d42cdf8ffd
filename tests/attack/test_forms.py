"""Every text field of every form takes whatever is typed into it: stored and shown as text, or refused in words."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from diagnosis.models import Cohort
from medapp.accounts.models import User
from medapp.records.models import Patient
from tests.attack.conftest import signed_in
from tests.factories import accounts, conversations, diagnosis, imaging, records

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
ODD = {
    "script": SCRIPT,
    "long": "长" * 200_000,
    "nul": "a\x00b",
    "bidi": "a‮b⁦c",
    "surrogate": "😀" * 50,
    "combining": "a" + "́" * 5000,
    "template": "{{ 7|add:7 }}{% now 'Y' %}%(x)s%s${7}",
    "formula": "=1+1",
    "lines": "a\r\nb: c\r\n\r\n",
    "blank": " \t　 ",
}
DAY, MOMENT = "2024-01-02", "2024-01-02T10:00"
# name of the URL -> (subject's maker, a form that would be taken)
FORMS = {
    "patient-new": (None, {"mrn": "N1", "name_zh": "张三", "name_latin": "Zhang San", "sex": "male",
                           "birth_date": DAY, "language": "en", "phone": "13800138000", "national_id": "X1",
                           "address": "a", "contact": "b"}),
    "note-new": ("patient", {"kind": "progress", "title": "t", "text": "cough"}),
    "note-revise": ("note", {"kind": "progress", "title": "t", "text": "cough", "based_on": "1"}),
    "note-amend": ("signed", {"title": "t", "text": "cough", "reason": "typing error", "based_on": "1"}),
    "condition-new": ("patient", {"diagnosis": "flu", "onset_date": DAY}),
    "condition-end": ("condition", {"reason": "wrong patient", "withdraw": "1"}),
    "medication-new": ("patient", {"name": "x", "dose_text": "5 mg", "frequency": "daily", "route": "oral",
                                   "started_at": DAY}),
    "medication-stop": ("medication", {"reason": "rash"}),
    "allergy-new": ("patient", {"substance": "x", "reaction": "rash", "criticality": "high"}),
    "allergy-refute": ("allergy", {"reason": "tested"}),
    "encounter-new": ("patient", {"kind": "outpatient", "started_at": MOMENT, "reason": "cough"}),
    "observation-new": ("patient", {"observed_at": MOMENT, "8867-4": "70"}),
    "observation-withdraw": ("observation", {"reason": "wrong device"}),
    "attachment-withdraw": ("attachment", {"reason": "wrong file"}),
    "break-glass": ("foreign", {"reason": "unconscious"}),
    "care-team": ("patient", {"user": ""}),
    "suggestion-decide": ("suggestion", {"verdict": "reject", "reason_code": "other", "reason_text": "x",
                                         "label": "", "standing": ""}),
    "quarantine-discard": ("file", {"reason": "x"}),
    "quarantine-release": ("file", {"reason": "x", "mrn": "T1", "is_confirmed": "on"}),
    "set_language": (None, {"language": "en", "next": "/"}),
    "set_theme": (None, {"theme": "dark", "next": "/"}),
}  # fmt: skip
FIELDS = [(name, field) for name, (_maker, form) in FORMS.items() for field in form]


@pytest.fixture
def rows(doctor, patient, foreign):
    """Makers of what a form is about."""
    return {
        "patient": lambda: patient,
        "foreign": lambda: foreign,
        "note": lambda: diagnosis.note(patient, doctor),
        "signed": lambda: records.signed_note(patient, doctor),
        "condition": lambda: records.condition(patient, doctor),
        "medication": lambda: records.medication(patient, doctor, str(uuid4())),
        "allergy": lambda: records.allergy(patient, doctor, str(uuid4())),
        "observation": lambda: records.observation(patient, doctor),
        "attachment": lambda: records.attachment(patient, doctor),
        "suggestion": lambda: diagnosis.suggestion(patient),
        "file": lambda: imaging.send(b"x" * 300, by=doctor)[0],
    }


@pytest.mark.parametrize("name, field", FIELDS)
def test_field_takes_anything_without_an_error_of_ours(browser, rows, name, field):
    maker, form = FORMS[name]
    diagnosis.model_version("zh-department", "text-classification", digest="e" * 64)
    wrong = {}

    for key, odd in ODD.items():
        args = [rows[maker]().pk] if maker else []
        answer = browser.post(reverse(name, args=args), form | {field: odd}, follow=True)
        if answer.status_code not in (200, 400, 404, 409, 413):
            wrong[key] = answer.status_code
        if re.search(r"<script>alert|<img src=x", answer.content.decode()):
            wrong[key] = "not escaped"

    assert wrong == {}


@pytest.fixture
def scripted(doctor) -> Patient:
    """A patient in whose record every text is a script."""
    words = {"name_zh": SCRIPT[:80], "name_latin": SCRIPT, "contact": SCRIPT, "address": SCRIPT}
    patient = imaging.make_patient(doctor, **words)
    records.signed_note(patient, doctor, text=SCRIPT, title=SCRIPT)
    diagnosis.note(patient, doctor, SCRIPT, SCRIPT)
    records.condition(patient, doctor, SCRIPT)
    records.medication(patient, doctor, SCRIPT)
    records.allergy(patient, doctor, SCRIPT)
    records.encounter(patient, doctor)
    records.attachment(patient, doctor, SCRIPT.encode())
    conversations.answer(conversations.conversation(doctor, patient, SCRIPT), SCRIPT)
    headers = {"StudyDescription": SCRIPT[:64], "SeriesDescription": SCRIPT[:64], "InstitutionName": SCRIPT[:64],
               "PatientName": "<script>alert(1)</script>^x"}  # fmt: skip
    imaging.send(imaging.radiograph_of(patient, **headers), by=doctor, patient=patient, name=SCRIPT)
    imaging.send(b"no image", imaging.radiograph_of(patient, **headers | {"PatientSex": "F"}), by=doctor,
                 patient=patient, name=SCRIPT)  # fmt: skip
    return patient


def addresses(patient: Patient) -> list[str]:
    """Every page on which texts of a patient stand."""
    of_patient = ["chart", "timeline", "observations", "notes", "patient-edit", "care-team", "note-new",
                  "patient-images", "patient-suggestions", "patient-consult", "allergy-new"]  # fmt: skip
    files = [file for upload in patient.uploads.all() for file in upload.files.all()]
    rows = [
        *[("note", note) for note in patient.notes.all()],
        *[("note-history", note) for note in patient.notes.all()],
        *[("condition-end", row) for row in patient.conditions.all()],
        *[("medication-stop", row) for row in patient.medicationrequests.all()],
        *[("allergy-refute", row) for row in patient.allergyintolerances.all()],
        *[("attachment-withdraw", row) for row in patient.attachments.all()],
        *[("study", row) for row in patient.studies.all()],
        *[("upload", row) for row in patient.uploads.all()],
        *[("quarantined-file", file) for file in files if file.verdict == "quarantined"],
        *[("conversation", row) for row in patient.conversations.all()],
    ]
    plain = ["worklist", "patients", "studies", "suggestions", "uploads", "quarantine", "consult", "jobs"]
    found = [reverse(name, args=[patient.pk]) for name in of_patient]
    found += [reverse(name, args=[row.pk]) for name, row in rows]
    return found + [reverse(name) for name in plain] + ["/search?q=script", "/patients/?q=script"]


def unescaped(client: Client, address: str) -> bool:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return bool(re.search(r"<script>alert|<img src=x|onerror=alert\(2\)>", answer.content.decode()))


def test_no_page_runs_what_a_record_says(browser, scripted):
    pages = addresses(scripted)

    assert len(pages) > 30
    assert [address for address in pages if unescaped(browser, address)] == []


def test_no_page_of_the_officer_or_the_panel_runs_what_a_record_says(scripted):
    officer = signed_in(accounts.user("privacy_officer"))
    manager = signed_in(accounts.user("data_manager", display_name=SCRIPT[:80]))
    Cohort.objects.create(name="script")
    User.objects.filter(pk=scripted.created_by_id).update(display_name=SCRIPT[:80])

    names = ["accountability", "accountability-log"]
    pages = [*map(reverse, names), reverse("accountability-patient", args=[scripted.pk])]
    panel = [
        "/admin/",
        "/admin/imaging/uploadfile/",
        "/admin/jobs/job/",
        "/admin/records/patient/",
        reverse("batch"),
    ]

    assert [address for address in pages if unescaped(officer, address)] == []
    assert [address for address in panel if unescaped(manager, address)] == []


def test_search_shows_what_was_typed_as_text(browser, patient):
    for name in ("search", "patients", "studies", "knowledge"):
        text = browser.get(reverse(name), {"q": SCRIPT}).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
