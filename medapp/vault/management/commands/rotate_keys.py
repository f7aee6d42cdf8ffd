"""Move every encrypted value and every blob's key to the first key of the ring."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from medapp.vault import keys
from medapp.vault.rotation import Progress, rotate_all
from medapp.vault.signals import keys_rotated


class Command(BaseCommand):
    help = (
        "Re-encrypt all protected fields and re-wrap all file keys with the first key of MEDAPP_VAULT_KEYS. "
        "Put the new key in front of the old ones, restart, run this, and keep the old keys at the end of "
        "the ring for backups and for the reasons in the audit trail, which are never rewritten. It can be "
        "interrupted and run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        current = keys.ring().current.id
        seen: dict[str, Progress] = {}
        for progress in rotate_all():
            seen[progress.place] = progress
            self.stdout.write(f"{progress.place}: {progress.done} of {progress.total}")
        damaged = [item for progress in seen.values() for item in progress.damaged]
        values = sum(progress.done for progress in seen.values()) - len(damaged)
        keys_rotated.send(sender=type(self), key_id=current, values=values, damaged=len(damaged))
        for item in damaged:
            self.stderr.write(f"cannot be read, left as it is: {item.place} row {item.row}")
        if damaged:
            raise CommandError(f"{len(damaged)} values could not be read with the keys of the ring.")
        self.stdout.write(f"{values} values moved. Everything is under key {current}.")
