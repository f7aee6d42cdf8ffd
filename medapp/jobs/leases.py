"""A thread that keeps a batch's leases alive while a model runs, and gives up a batch that hangs."""

import logging
import threading
from collections.abc import Callable, Iterable

from django.db import Error, connection

from medapp.jobs.claims import Claim, renew

logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Renews the leases of the claims it watches, on its own database connection.

    It stops renewing after ``limit_seconds``, so that another worker may take over, and then calls
    ``on_hang``: code that hangs inside a library cannot be stopped otherwise than with its process.
    """

    def __init__(
        self,
        claims: Iterable[Claim],
        *,
        limit_seconds: float,
        on_hang: Callable[[], None] | None = None,
    ) -> None:
        self._claims = {claim.job.id: claim for claim in claims}
        self._limit_seconds = limit_seconds
        self._on_hang = on_hang
        self._pause = min((claim.lease_seconds for claim in self._claims.values()), default=60) / 3
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease-keeper", daemon=True)

    def __enter__(self) -> "LeaseKeeper":
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        self._thread.join()

    def forget(self, claim: Claim) -> None:
        """Stop renewing the lease of a claim that was settled."""
        self._claims.pop(claim.job.id, None)

    def _keep(self) -> None:
        waited = 0.0
        try:
            while not self._stop.wait(self._pause):
                waited += self._pause
                if waited >= self._limit_seconds:
                    self._give_up()
                    return
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            renew(list(self._claims.values()))
        except Error:
            # The lease still has two thirds to run; the next round tries again.
            logger.warning(
                "leases of %s jobs were not renewed: the database did not answer", len(self._claims)
            )
            connection.close()

    def _give_up(self) -> None:
        logger.error("jobs %s passed their time limit", [str(job_id) for job_id in self._claims])
        if self._on_hang is not None:
            self._on_hang()
