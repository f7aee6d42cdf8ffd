"""Every refusal has a class with a code, an HTTP status and words for the person it meets.

``Permanent`` errors fail the same way tomorrow; ``Retriable`` ones may pass on a later attempt, and the job
runner tries them again.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class MedappError(Exception):
    """Base of all refusals. Keyword arguments fill the ``%(name)s`` places of message and hint."""

    code: str = "error"
    http_status: int = 400
    retriable: bool = False
    message: Words = _("This did not work.")
    hint: Words = ""

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        return self._filled(self.message)

    @property
    def advice(self) -> str:
        """What the reader can do next, in the active language."""
        return self._filled(self.hint)

    def _filled(self, words: Words) -> str:
        text = str(words)
        return text % self.params if self.params else text


class Permanent(MedappError):
    """Trying again changes nothing."""


class Retriable(MedappError):
    """The machine, not the input, stood in the way."""

    http_status = 503
    retriable = True


class NotFoundError(Permanent):
    """Missing or forbidden: the answer is the same, so that nobody learns which."""

    code = "not-found"
    http_status = 404
    message = _("There is nothing here that you may see.")
    hint = _("Check the address, or ask the care team for access.")


class NotSignedInError(Permanent):
    code = "not-signed-in"
    http_status = 401
    message = _("Nobody is signed in.")
    hint = _("Sign in and try again; a program sends its token.")


class BrokenFormError(Permanent):
    code = "csrf"
    http_status = 403
    message = _("This form is too old or did not come from this site.")
    hint = _("Go back, reload the page and send it again. What you typed is still there.")


class InvalidInputError(Permanent):
    code = "invalid-input"
    message = _("The input cannot be used: %(reason)s")
    hint = _("Correct it and send it again.")


class ConflictError(Permanent):
    code = "conflict"
    http_status = 409
    message = _("Somebody else changed this in the meantime.")
    hint = _("Reload the page and decide again.")


class TooLargeError(Permanent):
    code = "too-large"
    http_status = 413
    message = _("This is larger than the limit of %(limit)s.")
    hint = _("Shorten or split it and send it again.")


class UnavailableError(Retriable):
    code = "unavailable"
    message = _("A part of the system is away at the moment: %(part)s")
    hint = _("Nothing is lost. It is tried again by itself; tell the administrator if it lasts.")


class UnknownModelError(Permanent):
    code = "unknown-model"
    http_status = 404
    message = _("There is no enabled model named “%(name)s”.")
    hint = _("See the list of models for the names that can be used.")


class DamagedModelError(Permanent):
    code = "damaged-model"
    http_status = 503
    message = _("The files of model “%(name)s” do not match their digest, so it is not used.")
    hint = _("Ask the administrator to assemble the model again.")


class OutOfScopeError(Permanent):
    code = "out-of-scope"
    http_status = 422
    message = _("This input is outside what the model was made for: %(reason)s")
    hint = _("A doctor may have it scored all the same; the result is marked.")
