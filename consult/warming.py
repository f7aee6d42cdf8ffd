"""A chat worker loads its models before the first question, and a conversation's record before it is asked."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from celery import signals
from django.db import Error, transaction
from django.utils import timezone

from consult import engines
from consult.models import Conversation
from consult.passages import speak
from consult.retrieval import warm
from medapp.errors import MedappError
from medapp.jobs.claims import Claim
from medapp.jobs.models import Job, Queue, Status
from medapp.jobs.services import enqueue_job
from medapp.jobs.workers import worker_name

WARM_KIND = "consult.warm"


def run(claims: list[Claim]) -> Iterator[tuple[Claim, Any]]:
    """Load encoder and chat model and, for a conversation about a patient, the vectors of the record."""
    for claim in claims:
        try:
            yield claim, partial(dict, passages=_warm(claim))
        except MedappError as error:
            yield claim, error


def _warm(claim: Claim) -> int:
    engines.chat()
    encoder = engines.encoder()
    wanted = Conversation.objects.filter(pk=claim.job.payload.get("conversation"))
    one = wanted.select_related("patient", "owner").first()
    if one is None or one.patient is None or not one.patient.ai_consent:
        return warm(None, None, encoder)
    count = 0
    for language in _languages(one.owner.language):
        if not count or not _somebody_waits():
            with speak(language):
                count += warm(one.patient, one.owner, encoder)
        claim.beat()
    return count


def _languages(own: str) -> list[str]:
    """A doctor asks in either language, the own one first; entries are named in the language of the question."""
    return ["zh", "en"] if own.startswith("zh") else ["en", "zh"]


def _somebody_waits() -> bool:
    return Job.objects.filter(queue=Queue.CHAT, status=Status.WAITING, priority__gt=0).exists()


def warm_conversation(conversation: Conversation) -> None:
    """Queue the warming of a conversation that was opened; a question overtakes it."""
    enqueue_job(
        kind=WARM_KIND,
        payload={"conversation": str(conversation.pk)},
        by=None,
        idempotency_key=f"{WARM_KIND}:{conversation.pk}",
        patient_id=conversation.patient_id,
        priority=-1,
    )


def connect() -> None:
    signals.worker_ready.connect(_on_ready, dispatch_uid="consult.warming")


def _on_ready(sender: Any, **_kwargs: Any) -> None:
    if Queue.CHAT not in [queue.name for queue in sender.task_consumer.queues]:
        return
    key = f"{WARM_KIND}:{worker_name('worker')}:{timezone.now():%Y%m%d%H%M%S}"
    try:
        with transaction.atomic():
            enqueue_job(kind=WARM_KIND, payload={}, by=None, idempotency_key=key, priority=-1)
    except Error:
        return  # a database that is away for a moment; the first question loads the models itself
