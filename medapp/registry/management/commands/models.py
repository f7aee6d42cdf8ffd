"""``manage.py models``: which models there are, with digest, scope and figures."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from medapp.registry.models import ModelVersion
from medapp.registry.presenters import as_json, figures, scope_lines
from medapp.registry.services import sync_packs


class Command(BaseCommand):
    help = "List the models with digest, scope and figures on the test split."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        # The command answers on a fresh database, too, and tells of damage that happened since the last check.
        sync_packs()
        versions = ModelVersion.objects.exclude(problem_code="missing")
        if options["json"]:
            self.stdout.write(json.dumps([as_json(one) for one in versions], ensure_ascii=False, indent=1))
            return
        for version in versions:
            self._describe(version)

    def _describe(self, version: ModelVersion) -> None:
        self.stdout.write(f"{version.name} {version.version} [{version.status}]  {version.title}")
        self.stdout.write(f"  digest  {version.digest}")
        self.stdout.write(f"  task    {version.task} ({version.engine})")
        scope = "; ".join(f"{name}: {value}" for name, value in scope_lines(version))
        self.stdout.write(f"  scope   {scope or '-'}")
        shown = "; ".join(f"{figure.name} {figure.words}" for figure in figures(version))
        self.stdout.write(f"  test    {shown or '-'}")
        if version.problem_code:
            self.stdout.write(f"  PROBLEM {version.get_problem_code_display()}: {version.problem}")
