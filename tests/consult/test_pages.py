"""The consultation's pages: the owner, a colleague in the same team, strangers of every role; refusals in words."""

import pytest
from django.urls import reverse

from consult.models import Turn
from consult.services import stop_answer
from medapp.accounts.actions import Role
from medapp.audit.models import Event
from medapp.jobs.models import Job
from tests.factories import accounts, consult
from tests.factories.accounts import user

pytestmark = pytest.mark.django_db
STRANGERS = [Role.NURSE, Role.DATA_MANAGER, Role.RESEARCHER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR]


@pytest.fixture
def conversation(doctor, patient):
    return consult.conversation(doctor, patient)


@pytest.fixture
def answer(server, doctor, patient) -> Turn:
    consult.source()
    return consult.answered(doctor, patient)


def get(client, who, name, *args):
    client.force_login(who)
    return client.get(reverse(name, args=args))


def page_of(client, who, turn: Turn) -> str:
    return get(client, who, "conversation", turn.conversation_id).content.decode()


def test_the_owner_reads_the_conversation_and_leaves_an_event(client, doctor, conversation):
    assert get(client, doctor, "conversation", conversation.pk).status_code == 200
    assert Event.objects.filter(action="consult.read", patient_id=conversation.patient_id).count() == 1


def test_a_colleague_of_the_team_gets_404(client, conversation):
    colleague = user()
    accounts.join(conversation.patient, colleague)
    assert get(client, colleague, "conversation", conversation.pk).status_code == 404


@pytest.mark.parametrize("role", STRANGERS)
@pytest.mark.parametrize("name", ["conversation", "turn", "turn-stream", "citation"])
def test_nobody_else_reads_any_of_it(client, answer, role, name):
    subjects = {"conversation": answer.conversation_id, "citation": answer.citations.first().pk}
    assert get(client, user(role), name, subjects.get(name, answer.pk)).status_code == 404


@pytest.mark.parametrize("name", ["turn-stop", "turn-note", "turn-again"])
def test_a_colleague_cannot_move_it_either(client, answer, name):
    colleague = user()
    accounts.join(answer.conversation.patient, colleague)
    client.force_login(colleague)
    assert client.post(reverse(name, args=[answer.pk])).status_code == 404


def test_the_owner_who_left_the_team_gets_404(client, doctor, conversation):
    conversation.patient.care_team.all().delete()
    assert get(client, doctor, "conversation", conversation.pk).status_code == 404


def test_the_lists_show_ones_own_alone(client, doctor, conversation):
    colleague = user()
    accounts.join(conversation.patient, colleague)
    address = reverse("conversation", args=[conversation.pk])
    assert address in get(client, doctor, "consult").content.decode()
    assert address not in get(client, colleague, "consult").content.decode()
    assert address not in get(client, colleague, "patient-consult", conversation.patient_id).content.decode()


def test_a_question_is_posted_and_the_waiting_page_reloads_itself(client, doctor, conversation):
    client.force_login(doctor)
    sent = client.post(
        reverse("ask", args=[conversation.pk]), {"text": "What was the last HbA1c?"}, follow=True
    )
    page = sent.content.decode()
    assert "What was the last HbA1c?" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "data-stream=" in page


def test_a_message_of_100_kb_is_refused_in_words_and_kept_in_the_form(client, doctor, conversation):
    client.force_login(doctor)
    sent = client.post(reverse("ask", args=[conversation.pk]), {"text": "x" * 100_000})
    page = sent.content.decode()
    assert sent.status_code == 413
    assert "The message has 100,000 characters; at most 8,000 can be sent." in page
    assert "x" * 100_000 in page


def test_a_second_question_is_refused_in_words_and_kept(client, doctor, conversation):
    client.force_login(doctor)
    address = reverse("ask", args=[conversation.pk])
    client.post(address, {"text": "One?"})
    sent = client.post(address, {"text": "Two?"})
    assert (sent.status_code, ">Two?</textarea>" in sent.content.decode()) == (409, True)


def test_withdrawn_consent_is_said_in_place(client, doctor, conversation):
    conversation.patient.ai_consent = False
    conversation.patient.save()
    client.force_login(doctor)
    sent = client.post(reverse("ask", args=[conversation.pk]), {"text": "One?"})
    assert "The patient does not agree that models read the record." in sent.content.decode()


def test_the_answer_links_its_numbers_to_the_passages_and_strikes_the_rest(client, doctor, answer):
    page = page_of(client, doctor, answer)
    assert f'href="#c-{answer.pk}-cite-1"' in page
    assert f'id="c-{answer.pk}-cite-1"' in page
    assert "<s>The moon is made of cheese.</s>" in page
    assert reverse("turn-note", args=[answer.pk]) in page


def test_a_citation_opens_at_the_passage(client, doctor, answer):
    link = answer.citations.first().url
    client.force_login(doctor)
    address, _mark, place = link.partition("#")
    assert f'id="{place}"' in client.get(address).content.decode()


def test_an_outside_server_is_named_on_the_page(client, doctor, answer):
    assert "sent to the chat server <strong>127.0.0.1</strong>" in page_of(client, doctor, answer)


def test_the_demonstration_model_is_named_on_the_page(client, doctor, conversation):
    page = get(client, doctor, "conversation", conversation.pk).content.decode()
    assert "Demonstration model" in page


def test_what_a_server_says_is_never_markup(client, doctor, serve):
    from tests.ml.chat_stub import Script, event  # noqa: PLC0415 - only this test says something of its own

    consult.source(articles=[("Tags", "The <img src=x> tag and <b>bold</b> letters.")])
    serve(Script([event("The <img src=x> tag and <b>bold</b> letters.", "stop")]))
    page = page_of(client, doctor, consult.answered(doctor, text="Which tag is bold?"))
    assert "&lt;img src=x&gt;" in page
    assert "<img src=x>" not in page


def test_a_failed_answer_says_why_and_offers_another_try(client, doctor, conversation):
    turn = consult.question(doctor)
    words = {"en": {"reason": "The chat server is away.", "advice": "Wait."}}
    Job.objects.filter(pk=turn.job_id).update(
        status="parked", failure_code="x", failure_words=words, finished_at="2026-01-01T00:00Z"
    )
    page = page_of(client, doctor, turn)
    assert "The chat server is away. Wait." in page
    assert reverse("turn-again", args=[turn.pk]) in page


def test_a_stopped_answer_is_marked_and_cannot_be_taken(client, doctor, patient):
    turn = consult.question(doctor, patient=patient)
    stop_answer(turn=turn, by=doctor)
    page = page_of(client, doctor, turn)
    assert reverse("turn-again", args=[turn.pk]) in page
    assert reverse("turn-note", args=[turn.pk]) not in page
    assert client.post(reverse("turn-note", args=[turn.pk])).status_code == 409


def test_stop_and_take_go_where_a_person_goes_next(client, doctor, answer):
    client.force_login(doctor)
    taken = client.post(reverse("turn-note", args=[answer.pk]))
    stopped = client.post(reverse("turn-stop", args=[answer.pk]))
    assert taken.url.startswith("/notes/")
    assert stopped.url == reverse("conversation", args=[answer.conversation_id])


def test_a_red_flag_stands_out_and_can_be_overruled(client, doctor):
    turn = consult.question(doctor, "胸痛大汗半小时")
    page = page_of(client, doctor, turn)
    assert "message-notice" in page
    assert 'name="ignore_red_flag" value="1"' in page


def test_every_move_has_a_sentence_for_the_privacy_officer(client, answer, patient):
    page = get(client, user(Role.PRIVACY_OFFICER), "accountability-patient", patient.pk).content.decode()
    assert "asked the model a question" in page
    assert "A model (stub remote) answered" in page
