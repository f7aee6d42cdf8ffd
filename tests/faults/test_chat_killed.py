"""kill -9 of the chat worker in mid-answer: the next one begins anew, and a reader is told so."""

import threading

import pytest

from consult.models import Conversation, Turn
from consult.services import ask
from consult.stream import TurnEvents
from medapp.accounts.models import User
from medapp.jobs.models import Job
from medapp.jobs.tasks import sweep
from tests.factories import accounts
from tests.faults.clinic import eventually
from tests.ml.chat_stub import Script, chat_server, event

pytestmark = pytest.mark.faults


@pytest.fixture
def doctor(clinic) -> User:
    return accounts.user()


def swept_and_complete(turn: Turn) -> bool:
    """Ring as the scheduler does every ten seconds: a lost job waits a second before another attempt."""
    sweep()
    return Turn.objects.get(pk=turn.pk).status == "complete"


def test_an_answer_of_a_killed_worker_is_begun_anew_by_the_next(clinic, doctor):
    script = Script([event("Half "), event("an answer.", "stop")], hold=threading.Event())
    with chat_server(script) as address:
        clinic.env["MEDAPP_CHAT_SERVER_URL"] = address
        clinic.start_broker()
        first = clinic.start_worker("chat")
        conversation = Conversation.objects.create(owner=doctor)
        turn = ask(conversation=conversation, text="When is metformin stopped?", by=doctor)
        eventually(turn.deltas.exists, "the first piece")
        clinic.kill(first)
        script.hold.set()
        clinic.start_worker("chat")
        eventually(lambda: swept_and_complete(turn), "the second worker to finish the answer")
    shown = [(delta.text, delta.is_restart) for delta in turn.deltas.all()]
    assert shown[:2] == [("Half ", False), ("", True)]
    assert "".join(text for text, _restart in shown[2:]) == "Half an answer."
    assert [one.event for one in TurnEvents(turn, doctor)("2")][-1] == "end"
    assert Job.objects.get(pk=turn.job_id).attempts == 1
