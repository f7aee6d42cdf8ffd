"""Verify the whole audit chain; exit 1 and name the first row that does not hold."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from medapp.audit.chain import Break, ChainReport, examine

WORDS = {
    "changed": "event {0} was changed after it was written",
    "missing": "event {0} is missing",
    "re-ordered": "event {0} stands in the place of another (re-ordered)",
    "added": "event {0} was added without the chain's knowledge",
    "head-missing": "the chain's head is missing; the last event is {0}",
    "head-forged": "the chain's head at event {0} was written without the key, or its key left the ring",
    "unguarded": "all {0} events hold, but the triggers that keep them append-only are gone",
    "not-as-exported": "event {0} is not the one that was exported",
}


class Command(BaseCommand):
    help = (
        "Verify the audit chain. Prints the number of events and the head (NUMBER:HASH). Write the head down "
        "outside this machine and pass it as --expect later: then not even who holds the keys can rewrite "
        "what came before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expect", default="", metavar="NUMBER:HASH", help="a head exported earlier")
        parser.add_argument(
            "--export", type=Path, metavar="FILE", help="write the head to FILE when all holds"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._examined(options["expect"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(report)))
        if report.broken is not None:
            raise CommandError(f"The audit chain is broken: {_in_words(report.broken)}.")
        if not options["json"]:
            self.stdout.write(f"{report.count} events hold. Head: {report.exported_head}")
        if options["export"]:
            options["export"].write_text(report.exported_head + "\n", encoding="ascii")

    def _examined(self, expected: str) -> ChainReport:
        try:
            return examine(expected=expected.strip(), on_progress=self._show)
        except ValueError:
            raise CommandError("--expect must be NUMBER:HASH as an earlier run printed it.") from None

    def _show(self, count: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{count} events", ending="")


def _in_words(broken: Break) -> str:
    return WORDS[broken.kind].format(broken.sequence)


def _as_dict(report: ChainReport) -> dict[str, Any]:
    broken = report.broken
    fault = None if broken is None else {"sequence": broken.sequence, "kind": broken.kind}
    return {"count": report.count, "head": report.exported_head, "broken": fault}
