"""Remove stored files that no row speaks of."""

from typing import Any

from django.core.management.base import BaseCommand

from medapp.vault.sweeping import sweep_blobs


class Command(BaseCommand):
    help = "Remove stored files, older than a day, that were left behind by uploads cut off or rolled back."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{sweep_blobs()} files removed.")
