"""Loads the demonstration clinic: people, forty invented patients, and what the departments above add."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from medapp import plugs
from medapp.records.demo.load import DEMO_PASSWORD
from medapp.records.demo.roster import STAFF


class Command(BaseCommand):
    help = "Load the demonstration clinic (again and again without harm) and print its logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show-logins", action="store_true", help="only print the logins")
        parser.add_argument("--no-logins", action="store_true", help="do not print the logins")
        parser.add_argument(
            "--only", help="load one step: " + ", ".join(step.key for step in plugs.demo_steps)
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("MEDAPP_DEMO is off: invented patients do not belong into this clinic.")
        if not options["show_logins"]:
            self.load(options["only"])
        if not options["no_logins"]:
            self.show_logins()

    def load(self, only: str | None) -> None:
        for step in plugs.demo_steps:
            if only and step.key != only:
                continue
            began = time.monotonic()
            self.stdout.write(f"  {step.label} ...")
            step.load(lambda words: self.stdout.write(f"    {words}"))
            self.stdout.write(f"    done in {time.monotonic() - began:.1f} s")

    def show_logins(self) -> None:
        self.stdout.write(f"\nDemo logins, all with the password {DEMO_PASSWORD}\n")
        for person in STAFF:
            self.stdout.write(f"  {person.username:<13} {person.name:<16} {person.duty}")
