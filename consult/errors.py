"""Refusals of the consultation."""

from django.utils.translation import gettext_lazy as _

from medapp.errors import ConflictError, InvalidInputError, Permanent, TooLargeError


class EmptyMessageError(InvalidInputError):
    code = "empty-message"
    message = _("The message is empty.")
    hint = _("Write your question and send it.")


class MessageTooLongError(TooLargeError):
    code = "message-too-long"
    message = _("The message has %(length)s characters; at most %(limit)s can be sent.")
    hint = _(
        "Shorten it, or put long text into a note of the patient, which the consultation reads by itself."
    )


class AnswerPendingError(ConflictError):
    code = "answer-pending"
    message = _("The last question is still being answered.")
    hint = _("Wait for the answer or stop it, then ask again.")


class AnswerUnfinishedError(ConflictError):
    code = "answer-unfinished"
    message = _("This answer was not finished, so it cannot go into the record.")
    hint = _("Ask again, or write the note yourself.")


class NothingToRepeatError(ConflictError):
    code = "nothing-to-repeat"
    message = _("This question is answered, or is being answered.")
    hint = _("Ask again in other words.")


class AccessLostError(Permanent):
    code = "access-lost"
    http_status = 404
    message = _("You may not see this patient’s record any more, so the question was not answered.")
    hint = _("Ask the care team for access, then have it answered again.")


class NoPatientError(ConflictError):
    code = "no-patient"
    message = _("This conversation is not about a patient, so there is no record to write to.")
    hint = _("Open a consultation from the patient’s page.")


class KnowledgeFileError(Permanent):
    code = "knowledge-file"
    message = _("The file cannot be imported: %(reason)s")
    hint = _("It needs one JSON object a line, with “question” and “answer”, or “title” and “text”.")
