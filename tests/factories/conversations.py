"""Conversations and articles as rows, without a service or a model having run."""

from hashlib import sha256

from consult.models import Article, Citation, Conversation, Source, Statement, Turn
from medapp.accounts.models import User
from medapp.jobs.models import Job
from medapp.records.models import Patient


def article(title: str = "Fever in children", text: str = "Fever is a sign of illness.") -> Article:
    source = Source.objects.get_or_create(key="tests", defaults={"title": "Tests", "licence": "CC0"})[0]
    digest = sha256(text.encode()).hexdigest()
    return Article.objects.get_or_create(
        source=source, external_id=title, defaults={"title": title, "text": text, "digest": digest}
    )[0]


def conversation(
    owner: User, patient: Patient | None = None, question: str = "Why the fever?"
) -> Conversation:
    """A conversation in which ``question`` was asked."""
    made = Conversation.objects.create(owner=owner, patient=patient, title=question[:60])
    Turn.objects.create(conversation=made, number=1, role=Turn.Role.USER, text=question)
    return made


def answer(made: Conversation, text: str = "It may be the infection.", job: Job | None = None) -> Turn:
    """A finished answer with one supported statement."""
    turn = Turn.objects.create(
        conversation=made,
        number=made.turns.count() + 1,
        role=Turn.Role.ASSISTANT,
        text=text,
        model_name="test 1",
        job=job,
    )
    Statement.objects.create(turn=turn, number=1, text=text, citation=citation(turn, text))
    return turn


def citation(turn: Turn, passage: str = "A passage.", title: str = "Note") -> Citation:
    return Citation.objects.create(
        turn=turn,
        number=turn.citations.count() + 1,
        source_type="note",
        source_id="1",
        title=title,
        passage=passage,
        is_used=True,
    )
