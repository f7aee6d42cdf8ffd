"""The job that gives passages their vectors, a few hundred at a time."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction

from consult import engines
from consult.models import Passage, Source
from consult.services.knowledge import embed_passages
from medapp.accounts.models import User
from medapp.errors import MedappError
from medapp.jobs.claims import Claim
from medapp.jobs.models import Job
from medapp.jobs.services import JobSpec, enqueue_jobs, idempotency_key

EMBED_KIND = "consult.embed"
CHUNK = 128
STEP = 32


def run(claims: list[Claim]) -> Iterator[tuple[Claim, Any]]:
    """Embed each claimed chunk in small steps, so that a cancel is heard and the lease renewed."""
    for claim in claims:
        ids = list(claim.job.payload["passages"])
        try:
            encoder = engines.encoder()
        except MedappError as error:
            yield claim, error
            continue
        for start in range(0, len(ids), STEP):
            embed_passages(ids=ids[start : start + STEP], embed=encoder.passages)
            claim.progress(min(start + STEP, len(ids)), len(ids))
        yield claim, partial(dict, passages=len(ids))


@transaction.atomic
def enqueue_missing(*, source: Source, by: User | None) -> list[Job]:
    """Queue the embedding of every passage of ``source`` that has no vector yet."""
    rows = Passage.objects.filter(article__source=source, vector__isnull=True).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    specs = [JobSpec({"passages": chunk}, idempotency_key(EMBED_KIND, chunk)) for chunk in chunks]
    return enqueue_jobs(kind=EMBED_KIND, specs=specs, by=by).jobs if specs else []
