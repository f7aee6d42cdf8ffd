"""Import articles that consultations may cite."""

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from consult.embedding import EMBED_KIND, enqueue_missing
from consult.models import Source
from consult.services import import_articles
from consult.services.knowledge import bounded_lines
from medapp.jobs.models import Job
from medapp.jobs.runner import ensure_worker

MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Import MedQuAD-like JSON lines (question and answer, or title and text) into the knowledge base."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", help="key of the source; the file's name by default")
        parser.add_argument("--title", help="title shown beside citations")
        parser.add_argument("--licence", default="unknown")
        parser.add_argument("--limit", type=int, help="stop after this many lines")

    def handle(self, *, file: Path, **options: Any) -> None:
        key = slugify(options["source"] or file.stem)[:80] or "knowledge"
        source, _new = Source.objects.get_or_create(
            key=key, defaults={"title": options["title"] or file.stem, "licence": options["licence"]}
        )
        result = self._import(source, file, options["limit"])
        for number, reason in result.bad[:MOST_SHOWN]:
            self.stderr.write(f"line {number}: {reason}")
        self.stdout.write(
            f"{result.new} new, {result.changed} changed, {result.unchanged} unchanged, {len(result.bad)} bad lines"
        )
        jobs = enqueue_missing(source=source, by=None)
        if jobs:
            self._embed(jobs)

    def _import(self, source: Source, file: Path, limit: int | None) -> Any:
        try:
            with file.open(encoding="utf-8", errors="replace") as stream:
                lines = islice(bounded_lines(stream), limit)
                return import_articles(source=source, lines=lines, by=None)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error

    def _embed(self, jobs: list[Job]) -> None:
        with ensure_worker([EMBED_KIND]) as hands:
            hands.finish(Job.objects.filter(pk__in=[job.pk for job in jobs]), self._say)
        self.stdout.write("")

    def _say(self, done: int, total: int) -> None:
        self.stdout.write(f"\rindexing {done}/{total}", ending="")
        self.stdout.flush()
