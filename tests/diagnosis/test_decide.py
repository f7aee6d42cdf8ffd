"""Only a decision writes to the record, and every change of mind stays readable."""

import pytest

from diagnosis.errors import AbstentionError, AlreadyDecidedError, ReasonMissingError, UnknownLabelError
from diagnosis.models import Decision, DiagnosticReport
from diagnosis.services import decide_suggestion
from diagnosis.services.decide import Choice
from medapp.audit.models import Event
from medapp.records.models import Condition
from tests.factories import accounts
from tests.factories import diagnosis as factory

pytestmark = pytest.mark.django_db
REJECT = Choice("reject", reason_code="artefact")


@pytest.fixture
def doctor():
    return accounts.user()


@pytest.fixture
def suggestion(doctor):
    return factory.suggestion(accounts.patient([doctor]))


def test_open_suggestion_then_nothing_stands_in_the_record(suggestion):
    assert Condition.objects.count() == DiagnosticReport.objects.count() == 0


def test_accept_then_report_and_condition_name_the_suggestion(suggestion, doctor):
    decide_suggestion(suggestion=suggestion, by=doctor, choice=Choice("accept"))

    report = DiagnosticReport.objects.get()
    condition = Condition.objects.get()
    assert (report.conclusion_code, report.conclusion_zh) == ("bacterial", "细菌性肺炎")
    assert (condition.code, condition.suggestion_id) == ("J15.9", suggestion.pk)


def test_accept_when_label_is_no_diagnosis_then_report_alone(doctor):
    normal = factory.suggestion(accounts.patient([doctor]), {"normal": 0.9, "bacterial": 0.1})

    decide_suggestion(suggestion=normal, by=doctor, choice=Choice("accept"))

    assert DiagnosticReport.objects.get().conclusion_code == "normal"
    assert not Condition.objects.exists()


def test_edit_then_the_doctors_label_stands(suggestion, doctor):
    choice = Choice("edit", label_code="viral", reason_code="wrong-label")

    decide_suggestion(suggestion=suggestion, by=doctor, choice=choice)

    suggestion.refresh_from_db()
    assert suggestion.status == "edited"
    assert Condition.objects.get().code == "J12.9"


def test_reject_then_nothing_is_written(suggestion, doctor):
    decide_suggestion(suggestion=suggestion, by=doctor, choice=REJECT)

    assert Decision.objects.get().reason_code == "artefact"
    assert Condition.objects.count() == DiagnosticReport.objects.count() == 0


@pytest.mark.parametrize(
    "choice, error",
    [
        (Choice("reject"), ReasonMissingError),
        (Choice("reject", reason_code="other"), ReasonMissingError),
        (Choice("reject", reason_code="made-up"), ReasonMissingError),
        (Choice("edit", label_code="martian", reason_code="wrong-label"), UnknownLabelError),
        (Choice("sign-it"), UnknownLabelError),
    ],
)
def test_decision_when_incomplete_then_refused_and_still_open(suggestion, doctor, choice, error):
    with pytest.raises(error):
        decide_suggestion(suggestion=suggestion, by=doctor, choice=choice)

    suggestion.refresh_from_db()
    assert suggestion.is_open


def test_abstention_cannot_be_accepted(doctor):
    abstained = factory.suggestion(accounts.patient([doctor]), in_scope=False)

    with pytest.raises(AbstentionError):
        decide_suggestion(suggestion=abstained, by=doctor, choice=Choice("accept"))


def test_second_decision_when_first_was_not_seen_then_refused(suggestion, doctor):
    decide_suggestion(suggestion=suggestion, by=doctor, choice=Choice("accept"))

    with pytest.raises(AlreadyDecidedError):
        decide_suggestion(suggestion=suggestion, by=accounts.user(), choice=REJECT)


def test_changed_mind_then_earlier_report_and_condition_are_withdrawn(suggestion, doctor):
    first = decide_suggestion(suggestion=suggestion, by=doctor, choice=Choice("accept"))

    decide_suggestion(suggestion=suggestion, by=doctor, choice=REJECT, seen_decision=str(first.pk))

    assert DiagnosticReport.objects.get().status == "entered-in-error"
    assert Condition.objects.get().clinical_status == "entered-in-error"
    assert suggestion.decisions.filter(superseded_at__isnull=True).get().verdict == "reject"


def test_decision_leaves_an_event_with_the_reason_encrypted(suggestion, doctor):
    choice = Choice("reject", reason_code="other", reason_text="motion of a crying child")

    decide_suggestion(suggestion=suggestion, by=doctor, choice=choice)

    event = Event.objects.get(action="suggestion.decide")
    assert event.patient_id == suggestion.patient_id
    assert "crying" not in str(event.detail) + event.reason_token
    assert event.reason == "motion of a crying child"
