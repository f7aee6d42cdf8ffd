"""The pages of suggestions: owner, stranger, wrong role; refusals in words; no 500."""

from uuid import uuid4

import pytest
from django.urls import reverse

from medapp.accounts.actions import Role
from tests.factories import accounts
from tests.factories import diagnosis as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return accounts.user()


@pytest.fixture
def note_suggestion(doctor):
    patient = accounts.patient([doctor])
    note = factory.note(patient, doctor)
    version = factory.model_version("zh-department", "text-classification")
    return factory.suggestion(
        patient, subject_type="note", subject_id=note.pk, kind="department", model_version=version
    )


def test_suggestion_when_in_care_team_then_shown_with_label_and_model(client, doctor, note_suggestion):
    client.force_login(doctor)

    page = client.get(reverse("suggestion", args=[note_suggestion.pk])).content.decode()

    assert "bacterial pneumonia" in page
    assert "Chest radiograph model" in page


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.DATA_MANAGER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR])
def test_suggestion_when_a_stranger_then_404(client, note_suggestion, role):
    client.force_login(accounts.user(role))

    assert client.get(reverse("suggestion", args=[note_suggestion.pk])).status_code == 404


def test_decide_when_nurse_reads_but_may_not_decide_then_404(client, note_suggestion):
    nurse = accounts.user(Role.NURSE)
    accounts.join(note_suggestion.patient, nurse)
    client.force_login(nurse)

    read = client.get(reverse("suggestion", args=[note_suggestion.pk]))
    decided = client.post(reverse("suggestion-decide", args=[note_suggestion.pk]), {"verdict": "accept"})

    assert read.status_code == 200
    assert decided.status_code == 404


def test_decide_when_accepted_then_page_says_by_whom(client, doctor, note_suggestion):
    client.force_login(doctor)

    client.post(reverse("suggestion-decide", args=[note_suggestion.pk]), {"verdict": "accept"})

    page = client.get(reverse("suggestion", args=[note_suggestion.pk])).content.decode()
    assert "Accepted by" in page
    assert doctor.username in page


def test_decide_when_reason_is_missing_then_refused_in_words(client, doctor, note_suggestion):
    client.force_login(doctor)

    answer = client.post(reverse("suggestion-decide", args=[note_suggestion.pk]), {"verdict": "reject"})

    assert answer.status_code == 400
    assert "needs a reason" in answer.content.decode()


def test_decide_by_get_then_405(client, doctor, note_suggestion):
    client.force_login(doctor)

    assert client.get(reverse("suggestion-decide", args=[note_suggestion.pk])).status_code == 405


def test_report_when_undecided_then_refused_in_words(client, doctor, note_suggestion):
    client.force_login(doctor)

    answer = client.get(reverse("suggestion-report", args=[note_suggestion.pk]))

    assert answer.status_code == 409
    assert "Nobody has decided" in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_report_when_decided_then_pdf(client, doctor, note_suggestion, language):
    doctor.language = language
    doctor.save()
    client.force_login(doctor)
    client.post(reverse("suggestion-decide", args=[note_suggestion.pk]), {"verdict": "accept"})

    answer = client.get(reverse("suggestion-report", args=[note_suggestion.pk]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_queue_shows_what_waits_for_me_only(client, doctor, note_suggestion):
    factory.suggestion(accounts.patient(mrn="STRANGER", name_latin="Somebody Else"))
    client.force_login(doctor)

    page = client.get(reverse("suggestions")).content.decode()

    assert page.count('data-href="') == 1
    assert "Somebody Else" not in page


def test_abstention_when_scored_all_the_same_then_is_not_offered_again(client, doctor):
    patient = accounts.patient([doctor])
    note = factory.note(patient, doctor)
    refused = factory.suggestion(patient, in_scope=False, subject_type="note", subject_id=note.pk)
    override = reverse("suggestion-override", args=[refused.pk])
    client.force_login(doctor)
    assert override in client.get(reverse("suggestion", args=[refused.pk])).content.decode()

    again = refused.prediction
    again.pk, again.ignore_scope, again.output = uuid4(), True, {"scores": {}, "label": "normal"}
    again.save(force_insert=True)

    assert override not in client.get(reverse("suggestion", args=[refused.pk])).content.decode()
