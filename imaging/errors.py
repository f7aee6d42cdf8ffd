"""What the imaging department refuses on its pages."""

from django.utils.translation import gettext_lazy as _

from imaging.dicom.errors import DicomRefusedError
from imaging.words import sentence
from medapp.errors import ConflictError, InvalidInputError, Permanent


class UnreadableImageError(Permanent):
    """A stored image that cannot be shown or given to a model; carries the reader's own verdict."""

    code = "unreadable-image"
    http_status = 422
    message = _("The image cannot be shown. %(reason)s")
    hint = _("Download the original file and open it with the program that came with the machine.")

    @classmethod
    def from_refusal(cls, refusal: DicomRefusedError) -> "UnreadableImageError":
        reason, _hint = sentence(refusal.code, dict(refusal.params))
        return cls(reason=reason, verdict=str(refusal.code))


class UploadCancelledError(ConflictError):
    code = "upload-cancelled"
    message = _("This upload was cancelled; what had arrived before stays.")
    hint = _("Start a new upload for the rest.")


class AlreadyResolvedError(ConflictError):
    code = "already-resolved"
    message = _("Somebody else has already decided about this file.")
    hint = _("Reload the page to see what was decided.")


class NotReleasableError(ConflictError):
    code = "not-releasable"
    message = _("This file cannot be released: %(reason)s")
    hint = _("The original stays in quarantine.")


class NoFilesError(InvalidInputError):
    code = "no-files"
    message = _("No file was chosen.")
    hint = _("Choose one or more DICOM files, a folder or a ZIP.")


class PatientNotChosenError(InvalidInputError):
    code = "patient-not-chosen"
    message = _("Choose the patient first.")
    hint = _("Type the patient’s number; a name alone is not enough.")
