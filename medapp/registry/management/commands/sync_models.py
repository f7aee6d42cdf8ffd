"""``manage.py sync_models``: check the packs on disk and bring the registry into line with them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from medapp.registry.services import sync_packs


class Command(BaseCommand):
    help = "Read and verify the packs on disk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="end with 1 if a model cannot be used")

    def handle(self, *args: Any, **options: Any) -> None:
        versions = sync_packs()
        for version in versions:
            state = version.problem or version.problem_code or "ok"
            self.stdout.write(f"{version.name} {version.version} [{version.status}] {state}")
        if options["strict"] and any(not version.is_enabled for version in versions):
            raise SystemExit(1)
