"""What the records department refuses."""

from django.utils.translation import gettext_lazy as _

from medapp.errors import ConflictError, InvalidInputError, TooLargeError


class PatientNumberTakenError(ConflictError):
    code = "patient-number-taken"
    message = _("Another patient already has the number %(mrn)s.")
    hint = _("Search for that number first: it may be the same person.")


class NationalIdTakenError(ConflictError):
    code = "national-id-taken"
    message = _("Another patient already has this national identifier.")
    hint = _("Search for the identifier first: it may be the same person.")


class NoteTooLongError(TooLargeError):
    code = "note-too-long"
    message = _("The note has %(length)s characters; the limit is %(limit)s.")
    hint = _("Nothing is lost: the text is still in the form. Shorten it, or attach the long part as a file.")


class NoteEmptyError(InvalidInputError):
    code = "note-empty"
    message = _("The note has no text.")
    hint = _("Write something, or leave the page without saving.")


class NoteSignedError(ConflictError):
    code = "note-signed"
    message = _("This note is signed and can no longer be revised.")
    hint = _("Write an amendment with a reason; the signed text stays as it was.")


class NoteUnsignedError(ConflictError):
    code = "note-unsigned"
    message = _("This note is still a draft, so there is nothing to amend.")
    hint = _("Revise the draft, then sign it.")


class NoteChangedError(ConflictError):
    code = "note-changed"
    message = _("Somebody else has saved this note since you opened it.")
    hint = _("Your text is still in the form. Compare it with the saved version, then save again.")


class EmptyFileError(InvalidInputError):
    code = "empty-file"
    message = _("The file is empty.")
    hint = _("Choose another file.")


class ImplausibleValueError(InvalidInputError):
    code = "implausible-value"
    message = _("%(name)s %(value)s is not possible; it must lie between %(low)s and %(high)s.")
    hint = _("Check the number and its unit.")


class AllergyKnownError(ConflictError):
    code = "allergy-known"
    message = _("This allergy is in the record already.")
    hint = _("Change the entry that is there.")


class AlreadyEndedError(ConflictError):
    code = "already-ended"
    message = _("This entry has been ended already.")
    hint = _("Reload the page to see how it stands.")


class ReasonMissingError(InvalidInputError):
    code = "reason-missing"
    message = _("A reason is needed.")
    hint = _("State it in a few words; it stays in the record.")
