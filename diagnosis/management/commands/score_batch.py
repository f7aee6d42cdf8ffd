"""Score a table of texts, a folder of images, or a cohort, through the same jobs and workers as the pages."""

import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diagnosis.batch.export import write_csv
from diagnosis.batch.sources import Input, files_of_folder, rows_of_table, subjects_of_cohort
from diagnosis.batch.start import BATCH_KIND, start_run
from diagnosis.models import BatchRun, Cohort
from medapp.accounts.queries import command_user
from medapp.errors import MedappError
from medapp.jobs.models import Job
from medapp.jobs.runner import ensure_worker
from medapp.registry.models import ModelVersion
from medapp.registry.queries import champion
from medapp.registry.services import sync_packs

BAR = 28


class Command(BaseCommand):
    help = "Score texts, image files or a cohort with a model, and write one CSV row for each input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", required=True, help="name of the model, see `manage.py models`")
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--input", type=Path, help="a CSV with texts, or a folder of images")
        source.add_argument("--cohort", help="name of a cohort")
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument(
            "--ignore-scope", action="store_true", help="score what the input gate would refuse"
        )
        parser.add_argument("--user", help="in whose name; the service account by default")

    def handle(self, **options: Any) -> None:
        try:
            sync_packs()
            version = champion(options["model"])
            run = self._start(version, options)
            self._finish(run)
            self._write(run, options["output"])
        except MedappError as error:
            raise CommandError(f"{error} {error.advice}".strip()) from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted. Run the same command again to go on.") from None

    def _start(self, version: ModelVersion, options: dict[str, Any]) -> BatchRun:
        by = command_user(options["user"])
        inputs, source, title = self._inputs(version, options, by)
        return start_run(
            version=version,
            inputs=inputs,
            source=source,
            title=title,
            by=by,
            ignore_scope=options["ignore_scope"],
        )

    def _inputs(
        self, version: ModelVersion, options: dict[str, Any], by: Any
    ) -> tuple[Iterable[Input], BatchRun.Source, str]:
        if options["cohort"]:
            cohort = Cohort.objects.filter(name=options["cohort"]).first()
            if cohort is None:
                known = ", ".join(Cohort.objects.values_list("name", flat=True)) or "none"
                raise CommandError(f"There is no cohort “{options['cohort']}”. Known: {known}.")
            named = by if options["user"] else None  # whoever has the shell has the database
            return subjects_of_cohort(cohort, version.task, named), BatchRun.Source.COHORT, cohort.name
        path: Path = options["input"]
        if path.is_dir():
            self._expect(version, "image-classification", "a folder of images")
            return files_of_folder(path), BatchRun.Source.FILES, path.name
        if path.is_file():
            self._expect(version, "text-classification", "a table of texts")
            return rows_of_table(path.read_bytes()), BatchRun.Source.ROWS, path.name
        raise CommandError(f"{path} does not exist.")

    def _expect(self, version: ModelVersion, task: str, what: str) -> None:
        if version.task != task:
            raise CommandError(f"The model {version.name} does {version.task}; it cannot read {what}.")

    def _finish(self, run: BatchRun) -> None:
        self._started = time.monotonic()
        with ensure_worker([BATCH_KIND]) as hands:
            jobs = Job.objects.filter(group=run.pk)
            hands.finish(jobs, lambda _done, _total: self._say(run))
        self._say(run)
        self.stderr.write("")

    def _say(self, run: BatchRun) -> None:
        done = run.total - run.items.filter(status="waiting").count()
        filled = BAR * done // max(run.total, 1)
        rate = done / max(time.monotonic() - self._started, 0.001)
        bar = "#" * filled + "." * (BAR - filled)
        end = "\r" if sys.stderr.isatty() else "\n"
        self.stderr.write(f"[{bar}] {done}/{run.total} rows, {rate:.1f}/s", ending=end)

    def _write(self, run: BatchRun, output: Path) -> None:
        """Write beside the target and rename, so that an old result is replaced whole or not at all."""
        temporary = output.with_name(f".{output.name}.{os.getpid()}.part")
        try:
            with temporary.open("w", encoding="utf-8", newline="") as target:
                count = write_csv(run, target)
            temporary.replace(output)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error
        left = run.items.filter(status="waiting").count()
        self.stdout.write(f"{count} rows written to {output}" + (f", {left} not scored" if left else ""))
        if left:
            raise CommandError("Some rows were not scored; see the failed jobs, and run the command again.")
