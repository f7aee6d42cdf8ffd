"""One batch of claims through a job kind's ``run``, and what becomes of each of them."""

import logging
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction

from medapp.errors import MedappError, UnavailableError
from medapp.jobs import states
from medapp.jobs.claims import Claim
from medapp.jobs.errors import ClaimEnded, JobCancelled, JobTimeoutError, LeaseLost
from medapp.jobs.failures import unexpected
from medapp.jobs.leases import LeaseKeeper
from medapp.plugs import JobKind

logger = logging.getLogger(__name__)

Outcome = tuple[Claim, Any]  # states.Save or MedappError


class MissingOutcomeError(Exception):
    """A kind's ``run`` ended without an outcome for one of its claims."""


class Batch:
    """Runs claims and settles each as soon as its outcome is known."""

    def __init__(self, kind: JobKind, claims: Iterable[Claim], on_settled: Callable[[Claim], None]) -> None:
        self._kind = kind
        self._open = {claim.job.id: claim for claim in claims}
        self._on_settled = on_settled

    def run(self, on_hang: Callable[[], None] | None = None) -> None:
        """Run until every claim is settled. What ends the process passes through and releases the rest."""
        limit = self._kind.time_limit_seconds
        with LeaseKeeper(self._open.values(), limit_seconds=limit, on_hang=on_hang) as keeper:
            self._keeper = keeper
            try:
                self._run(list(self._open.values()))
            finally:
                # Empty unless the process is being stopped.
                states.release(self._open.values())

    def _run(self, claims: list[Claim]) -> None:
        held_back: list[Outcome] = []
        try:
            for claim, outcome in self._kind.run(claims):
                held_back.append((claim, outcome))
                if not self._kind.saves_together:
                    self._settle(held_back)
            self._settle(held_back)
            self._fail_open(claims, MissingOutcomeError())
        except ClaimEnded as signal:
            self._settle(held_back)
            self._end(signal)
            self._run_again([claim for claim in claims if claim.job.id in self._open])
        except Exception as error:  # the outermost edge of foreign work: every row must learn how it ended
            self._settle(held_back)
            self._raised(claims, error)

    def _run_again(self, claims: list[Claim]) -> None:
        if claims:
            self._run(claims)

    def _raised(self, claims: list[Claim], error: Exception) -> None:
        """One bad input must not take its neighbours down, so after a surprise each runs alone."""
        unsettled = [claim for claim in claims if claim.job.id in self._open]
        if isinstance(error, MedappError | SoftTimeLimitExceeded) or len(unsettled) == 1:
            self._fail_open(claims, error)
            return
        unexpected(error, [str(claim.job.id) for claim in unsettled])
        for claim in unsettled:
            self._run([claim])

    def _fail_open(self, claims: list[Claim], error: Exception) -> None:
        unsettled = [claim for claim in claims if claim.job.id in self._open]
        if unsettled:
            refusal = self._refusal(error, unsettled)
            self._settle([(claim, refusal) for claim in unsettled])

    def _refusal(self, error: Exception, claims: list[Claim]) -> MedappError:
        if isinstance(error, MedappError):
            return error
        if isinstance(error, SoftTimeLimitExceeded):
            return JobTimeoutError(seconds=self._kind.time_limit_seconds)
        if isinstance(error, OperationalError):
            logger.warning("database error in jobs %s", [str(claim.job.id) for claim in claims])
            return UnavailableError(part="database")
        return unexpected(error, [str(claim.job.id) for claim in claims])

    def _settle(self, outcomes: list[Outcome]) -> None:
        """Store the outcomes, which empties the list, in one transaction."""
        settled, outcomes[:] = list(outcomes), []
        with transaction.atomic() if len(settled) > 1 else nullcontext():
            for claim, outcome in settled:
                self._store(claim, outcome)
        for claim, _outcome in settled:
            self._close(claim)

    def _store(self, claim: Claim, outcome: Any) -> None:
        if isinstance(outcome, MedappError):
            states.fail(claim, outcome, self._kind)
            return
        try:
            states.finish(claim, outcome)
        except JobCancelled:
            states.cancel(claim)
        except LeaseLost:
            pass  # another worker has it; whatever this one found is void
        except Exception as error:  # a result that cannot be stored is a failed attempt, not a lost one
            states.fail(claim, self._refusal(error, [claim]), self._kind)

    def _end(self, signal: ClaimEnded) -> None:
        claim = self._open.get(signal.job_id)  # type: ignore[call-overload]
        if claim is None:
            return
        if isinstance(signal, JobCancelled):
            states.cancel(claim)
        self._close(claim)

    def _close(self, claim: Claim) -> None:
        self._open.pop(claim.job.id, None)
        self._keeper.forget(claim)
        self._on_settled(claim)
