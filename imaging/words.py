"""Every verdict in words: what happened to a file, and what to do next."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from imaging.dicom.errors import Code
from medapp.errors import Words


class Sentence(NamedTuple):
    """A message with ``%(name)s`` places that a verdict's params fill, and the next step."""

    message: Words
    hint: Words = ""


STORED = "stored"
DUPLICATE = "duplicate"
IDENTITY_ABSENT = "identity-absent"
UID_COLLISION = "uid-collision"
PATIENT_MISMATCH = "patient-mismatch"
PATIENT_UNKNOWN = "patient-unknown"
STUDY_OF_OTHER_PATIENT = "study-of-other-patient"
UID_NESTING = "uid-hierarchy-conflict"

_ASK_SENDER = _("Ask the sender for the file once more; the original is kept here.")
_EXPORT_AGAIN = _("Export it again from the machine or archive that it comes from.")
_SPLIT = _("Unpack it and drop the folder, or send it in parts.")

SENTENCES: dict[str, Sentence] = {
    STORED: Sentence(_("Stored.")),
    IDENTITY_ABSENT: Sentence(
        _("Stored. The file names no patient; it was filed under the chart that you chose."),
        _("Check once that it belongs there."),
    ),
    DUPLICATE: Sentence(_("This image is already there; nothing was changed.")),
    UID_COLLISION: Sentence(
        _("An image with the same identifier but other pixels is already stored. Both are kept."),
        _("Compare the two and ask the sender which is right."),
    ),
    PATIENT_MISMATCH: Sentence(
        _("The file names another person than this chart."),
        _("Compare the two and release the file if it belongs here."),
    ),
    PATIENT_UNKNOWN: Sentence(
        _("No patient has this identifier together with this birth date."),
        _("Choose the patient yourself. Nobody is matched by name alone."),
    ),
    STUDY_OF_OTHER_PATIENT: Sentence(
        _("Other images of the same examination are stored under another patient."),
        _("One examination has one patient: ask the sender which is right."),
    ),
    UID_NESTING: Sentence(
        _("The file puts a known series into another examination."),
        _("Ask the sender which is right; the original is kept here."),
    ),
    Code.EMPTY_FILE: Sentence(_("The file is empty."), _ASK_SENDER),
    Code.TOO_LARGE: Sentence(_("The file is larger than this system takes."), _SPLIT),
    Code.NOT_DICOM: Sentence(
        _("This is no DICOM file."), _("Documents and photographs belong under attachments of the chart.")
    ),
    Code.TRUNCATED: Sentence(_("The file ends too early; a part is missing."), _ASK_SENDER),
    Code.DAMAGED_HEADER: Sentence(_("The header of the file is damaged."), _ASK_SENDER),
    Code.DICOM_DIRECTORY: Sentence(
        _("This is the table of contents of a disc, not an image."),
        _("The images themselves are taken from the folders beside it."),
    ),
    Code.INVALID_UID: Sentence(_("An identifier (%(keyword)s) is not a valid DICOM UID."), _EXPORT_AGAIN),
    Code.MISSING_IDENTIFIERS: Sentence(
        _("The file does not say which image, series or study it is."), _EXPORT_AGAIN
    ),
    Code.UNSUPPORTED_TRANSFER_SYNTAX: Sentence(
        _("Not supported: %(name)s."), _("Export it uncompressed or as JPEG 2000.")
    ),
    Code.ELEMENT_BUDGET_EXCEEDED: Sentence(_("The header has more than %(limit)s elements."), _EXPORT_AGAIN),
    Code.NESTING_TOO_DEEP: Sentence(_("The header is nested deeper than %(limit)s levels."), _EXPORT_AGAIN),
    Code.HEADER_TOO_LARGE: Sentence(_("The header is larger than %(limit)s bytes."), _EXPORT_AGAIN),
    Code.INFLATE_BUDGET_EXCEEDED: Sentence(
        _("The file unpacks to more than %(limit)s bytes."), _EXPORT_AGAIN
    ),
    Code.PIXEL_BUDGET_EXCEEDED: Sentence(
        _(
            "The image would unpack to %(columns)s × %(rows)s pixels in %(frames)s frames, more than is shown here."
        ),
        _EXPORT_AGAIN,
    ),
    Code.CODESTREAM_MISMATCH: Sentence(
        _("The compressed image has another size (%(columns)s × %(rows)s) than its header says."),
        _EXPORT_AGAIN,
    ),
    Code.INVALID_IMAGE_ATTRIBUTES: Sentence(_("The header describes an impossible image."), _EXPORT_AGAIN),
    Code.NO_PIXELS: Sentence(_("The file describes an image but has no pixels."), _EXPORT_AGAIN),
    Code.NO_SUCH_FRAME: Sentence(_("The file has no frame %(frame)s.")),
    Code.DECODE_FAILED: Sentence(_("The pixels of the file cannot be read."), _EXPORT_AGAIN),
    Code.READER_CRASHED: Sentence(
        _("The reader broke down over this file; it was stopped and the others went on."), _ASK_SENDER
    ),
    Code.READER_TIMED_OUT: Sentence(_("Reading the file took too long, so it was stopped."), _ASK_SENDER),
    Code.READER_OUT_OF_MEMORY: Sentence(
        _("Reading the file took too much memory, so it was stopped."), _SPLIT
    ),
    Code.READER_UNAVAILABLE: Sentence(
        _("The reader of image files could not be started."),
        _("Try again; tell the administrator if it lasts."),
    ),
    Code.ARCHIVE_DAMAGED: Sentence(_("The ZIP file is damaged."), _ASK_SENDER),
    Code.ARCHIVE_TOO_MANY_ENTRIES: Sentence(
        _("The ZIP file has %(entries)s entries; %(limit)s are taken at a time."), _SPLIT
    ),
    Code.ARCHIVE_TOO_LARGE: Sentence(_("The ZIP file unpacks to more than is taken at a time."), _SPLIT),
    Code.ARCHIVE_RATIO_EXCEEDED: Sentence(
        _("The ZIP file unpacks to more than %(limit)s times its size, as no images do."), _ASK_SENDER
    ),
    Code.ARCHIVE_ENCRYPTED: Sentence(
        _("The ZIP file is protected by a password."), _("Send it without one.")
    ),
    Code.ARCHIVE_UNSAFE_NAME: Sentence(
        _("The name of this ZIP entry leads out of its folder, so it was not unpacked."), _ASK_SENDER
    ),
    Code.ARCHIVE_LINK: Sentence(_("This ZIP entry is a link, not a file, so it was not unpacked.")),
    Code.ARCHIVE_NESTED: Sentence(
        _("This is an archive inside an archive, so it was not unpacked."),
        _("Unpack it and drop the folder."),
    ),
    Code.ARCHIVE_METHOD_UNSUPPORTED: Sentence(
        _("This ZIP entry is packed in a way that is not supported."), _("Pack it again as an ordinary ZIP.")
    ),
}

WARNINGS: dict[str, Words] = {
    "charset-undeclared": _("The file does not say in which characters its text is written."),
    "charset-suspect": _("The text of the file is written in other characters than it says."),
    "charset-unknown": _("The file names a character set that does not exist."),
    "date-invalid": _("A date in the file is impossible and was left out."),
    "time-invalid": _("A time in the file is impossible and was left out."),
    "age-invalid": _("The age in the file is impossible and was left out."),
}


def sentence(code: str, params: dict[str, object]) -> tuple[str, str]:
    """Return (message, hint) in the active language; an unknown code stands for itself."""
    found = SENTENCES.get(code)
    if found is None:
        return code, ""
    filled = _Places(params)
    return str(found.message) % filled, str(found.hint) % filled


def warning_words(warnings: list[str]) -> list[Words]:
    codes = dict.fromkeys(warning.partition(":")[0] for warning in warnings)
    return [WARNINGS.get(code, code) for code in codes]


class _Places(dict[str, object]):
    """A place that a verdict does not fill stays open instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "?"
