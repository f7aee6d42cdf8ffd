"""Refusals of the job machinery, and the two signals that end a claim from outside."""

from django.utils.translation import gettext_lazy as _

from medapp.errors import ConflictError, Permanent, Retriable


class UnknownJobKindError(Permanent):
    code = "unknown-job-kind"
    message = _("This installation does not know the kind of work “%(kind)s”.")
    hint = _("Ask the administrator whether all parts run the same version, then try again.")


class UnexpectedFailureError(Retriable):
    code = "unexpected-error"
    message = _("The work stopped with an unexpected error (error number %(error_id)s).")
    hint = _("Try again; if it happens again, give the administrator the error number.")


class WorkerLostError(Retriable):
    code = "worker-lost"
    message = _("The process that did the work was lost before it finished.")
    hint = _("Try again; if it happens again, the machine may be short of memory.")


class JobTimeoutError(Retriable):
    code = "timeout"
    message = _("The work took longer than its limit of %(seconds)s seconds.")
    hint = _("Try again when the machine is less busy, or with a smaller input.")


class JobNotCancellableError(ConflictError):
    code = "job-ended"
    message = _("This work has already ended, so it cannot be cancelled.")
    hint = _("Reload the page to see its result.")


class JobNotRetriableError(ConflictError):
    code = "job-not-retriable"
    message = _("Only work that needs attention or was cancelled can be tried again.")
    hint = _("Reload the page to see how it stands.")


class ClaimEnded(Exception):
    """Base of the signals below; ``job_id`` names the claim that ended."""

    def __init__(self, job_id: object) -> None:
        self.job_id = job_id
        super().__init__(str(job_id))


class JobCancelled(ClaimEnded):
    """Somebody cancelled the job: stop, clean up, let this pass through."""


class LeaseLost(ClaimEnded):
    """The claim was taken over by another worker: nothing may be written any more."""
