"""Articles in, passages cut and embedded, sources withdrawn."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consult.errors import KnowledgeFileError
from consult.models import Article, Passage, Source
from consult.passages import pieces, reader_language
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record

MOST_CHARACTERS = 200_000
MOST_LINE = 1_000_000
BATCH = 200


@dataclass(frozen=True)
class Page:
    """One article as it comes from a file."""

    external_id: str
    title: str
    text: str
    url: str = ""


@dataclass
class ImportResult:
    """What became of the lines: ``bad`` holds (line number, reason)."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)

    @property
    def good(self) -> int:
        return self.new + self.changed + self.unchanged


def bounded_lines(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file; of one longer than a million characters only enough to tell that it is."""
    while line := file.readline(MOST_LINE + 1):
        yield line.rstrip("\n")
        while len(line) > MOST_LINE and not line.endswith("\n"):
            line = file.readline(MOST_LINE + 1)


def read_lines(lines: Iterable[str], result: ImportResult) -> Iterator[Page]:
    """Yield the pages of a MedQuAD-like JSON-lines file; a bad line is reported and the rest go on."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > MOST_LINE:
            result.bad.append((number, _("the line is longer than 1,000,000 characters")))
            continue
        try:
            yield _page(json.loads(line), number)
        except (json.JSONDecodeError, RecursionError):
            result.bad.append((number, _("not a JSON object")))
        except KnowledgeFileError as error:
            result.bad.append((number, str(error.params["reason"])))


def import_articles(*, source: Source, lines: Iterable[str], by: User | None) -> ImportResult:
    """Import pages into ``source``; what has not changed is left alone, so that a second run is quick."""
    result = ImportResult()
    is_first = not source.articles.exists()
    batch: list[Page] = []
    for page in read_lines(lines, result):
        batch.append(page)
        if len(batch) == BATCH:
            _store(source, batch, result)
            batch = []
    _store(source, batch, result)
    with transaction.atomic():
        if result.new or result.changed:
            edition = source.edition if is_first else source.edition + 1
            Source.objects.filter(pk=source.pk).update(edition=edition, imported_at=timezone.now())
        detail = {"new": result.new, "changed": result.changed, "bad": len(result.bad)}
        record(action=Action.KNOWLEDGE_MANAGE, by=by, obj=source, detail=detail)
    return result


def embed_passages(*, ids: list[int], embed: Any) -> int:
    """Store the vectors of the passages that have none yet. ``embed``: list[str] -> float32 [n, 384]."""
    rows = list(Passage.objects.filter(pk__in=ids, vector__isnull=True).select_related("article"))
    if not rows:
        return 0
    vectors = embed([f"{row.article.title}. {row.text}" for row in rows])
    for row, vector in zip(rows, vectors, strict=True):
        row.vector = vector.astype(np.float16).tobytes()
    with transaction.atomic():
        Passage.objects.bulk_update(rows, ["vector"], batch_size=100)
    return len(rows)


@transaction.atomic
def withdraw_source(*, source: Source, by: User, request: Any = None) -> Source:
    """Keep a source from being cited any more; the answers that cited it stay and can be listed."""
    source.withdrawn_at = timezone.now()
    source.save(update_fields=["withdrawn_at"])
    record(action=Action.KNOWLEDGE_MANAGE, by=by, obj=source, detail={"withdrawn": True}, request=request)
    return source


def _page(item: Any, number: int) -> Page:
    if not isinstance(item, dict):
        raise KnowledgeFileError(reason=_("not a JSON object"))
    title = str(item.get("title") or item.get("question") or "").strip()
    text = str(item.get("text") or item.get("answer") or "").strip()
    if not title or not text:
        raise KnowledgeFileError(reason=_("“question” and “answer” (or “title” and “text”) are needed"))
    if len(text) > MOST_CHARACTERS:
        raise KnowledgeFileError(reason=_("the text is longer than 200,000 characters"))
    url = str(item.get("url") or "")
    is_web = url.startswith(("https://", "http://"))
    external_id = str(item.get("id") or hashlib.sha256(title.encode()).hexdigest()[:32])
    return Page(external_id[:120], title[:300], text.replace("\x00", ""), url[:500] if is_web else "")


@transaction.atomic
def _store(source: Source, pages: list[Page], result: ImportResult) -> None:
    known = {
        article.external_id: article
        for article in source.articles.filter(external_id__in=[page.external_id for page in pages])
    }
    for page in pages:
        digest = hashlib.sha256(f"{page.title}\n{page.text}".encode()).hexdigest()
        article = known.get(page.external_id)
        if article is not None and article.digest == digest:
            result.unchanged += 1
            continue
        result.changed += article is not None
        result.new += article is None
        known[page.external_id] = _write(source, page, digest, article)


def _write(source: Source, page: Page, digest: str, article: Article | None) -> Article:
    article = article or Article(source=source, external_id=page.external_id)
    article.title, article.text, article.url, article.digest = page.title, page.text, page.url, digest
    article.language = "zh-hans" if reader_language(page.title) == "zh" else "en"
    article.save()
    article.passages.all().delete()
    Passage.objects.bulk_create(
        Passage(article=article, number=number, text=piece)
        for number, piece in enumerate(pieces(page.text), 1)
    )
    return article
