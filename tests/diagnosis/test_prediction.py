"""A note becomes a suggestion by the real text model, through a job."""

import pytest

from diagnosis.errors import ConsentWithdrawnError, UnsuitableModelError
from diagnosis.models import Prediction, Suggestion
from diagnosis.prediction import TEXT_KIND
from diagnosis.services import request_prediction
from medapp.audit.models import Event
from medapp.errors import UnknownModelError
from medapp.jobs.models import Job
from medapp.jobs.runner import run_kind
from medapp.records.services import update_patient, write_note
from tests.factories import accounts
from tests.factories import diagnosis as factory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]
TEXT = "高血压十年，近一周头晕、胸闷，血压 170/100 mmHg，心电图示左室高电压。"


@pytest.fixture
def doctor():
    return accounts.user()


@pytest.fixture
def note(doctor):
    return factory.note(accounts.patient([doctor]), doctor, TEXT)


def test_note_when_predicted_then_department_with_probabilities_and_words(note, doctor):
    request_prediction(subject=note, by=doctor)

    run_kind(TEXT_KIND, "test")

    suggestion = Suggestion.objects.get()
    scores = suggestion.prediction.output["scores"]
    assert max(scores, key=scores.get) == "cardiology"
    assert sum(scores.values()) == pytest.approx(1)
    assert any(span["weight"] > 0 for span in suggestion.prediction.attributions)


def test_note_when_asked_twice_then_one_job_and_one_prediction(note, doctor):
    for _twice in range(2):
        request_prediction(subject=note, by=doctor)

    run_kind(TEXT_KIND, "test")

    assert Job.objects.count() == Prediction.objects.count() == 1


def test_notes_when_many_wait_then_they_are_predicted_in_one_claim(doctor):
    patient = accounts.patient([doctor])
    for number in range(3):
        request_prediction(subject=factory.note(patient, doctor, f"{TEXT}{number}"), by=doctor)

    assert run_kind(TEXT_KIND, "test") == 3
    assert Suggestion.objects.count() == 3


def test_note_when_it_is_no_medicine_then_an_abstention_is_the_result(doctor):
    note = factory.note(
        accounts.patient([doctor]), doctor, "明天下午三点在图书馆门口集合，带上篮球和水。", "通知"
    )
    request_prediction(subject=note, by=doctor)

    run_kind(TEXT_KIND, "test")

    suggestion = Suggestion.objects.get()
    assert suggestion.status == "abstained"
    assert suggestion.prediction.scope_code == "not-medical"


def test_note_when_scope_is_overridden_then_scored_marked_and_audited(doctor):
    note = factory.note(
        accounts.patient([doctor]), doctor, "明天下午三点在图书馆门口集合，带上篮球和水。", "通知"
    )
    request_prediction(subject=note, by=doctor, ignore_scope=True)

    run_kind(TEXT_KIND, "test")

    prediction = Prediction.objects.get()
    assert prediction.ignore_scope
    assert prediction.output["scores"]
    assert Event.objects.filter(action="suggestion.override-scope", actor_id=str(doctor.pk)).count() == 1


def test_note_when_patient_withdrew_consent_then_nothing_is_queued(note, doctor):
    note.patient.ai_consent = False
    note.patient.save()

    with pytest.raises(ConsentWithdrawnError):
        request_prediction(subject=note, by=doctor)

    assert not Job.objects.exists()


def test_note_when_consent_is_withdrawn_before_the_job_runs_then_it_is_parked(note, doctor):
    request_prediction(subject=note, by=doctor)
    note.patient.ai_consent = False
    note.patient.save()

    run_kind(TEXT_KIND, "test")

    assert Job.objects.get().failure_code == "consent-withdrawn"
    assert not Prediction.objects.exists()


def test_note_when_model_is_unknown_or_of_another_task_then_refused(note, doctor):
    with pytest.raises(UnknownModelError):
        request_prediction(subject=note, by=doctor, model_name="no-such-model")
    with pytest.raises(UnsuitableModelError):
        request_prediction(subject=note, by=doctor, model_name="smollm2-chat")


def test_note_when_written_by_a_person_then_its_prediction_is_queued(
    doctor, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        write_note(patient=accounts.patient([doctor]), text=TEXT, title="门诊", by=doctor)

    assert Job.objects.get().kind == TEXT_KIND


def test_consent_when_withdrawn_on_the_patients_page_then_queued_work_is_cancelled(note, doctor):
    job = request_prediction(subject=note, by=doctor)

    update_patient(patient=note.patient, by=doctor, ai_consent=False)

    job.refresh_from_db()
    assert job.status == "cancelled"
