"""The refusals that a file can meet. Texts for people belong to the Django layer, keyed by code."""

from enum import StrEnum


class Code(StrEnum):
    EMPTY_FILE = "empty-file"
    TOO_LARGE = "file-too-large"
    NOT_DICOM = "not-dicom"
    TRUNCATED = "truncated"
    DAMAGED_HEADER = "damaged-header"
    DICOM_DIRECTORY = "dicom-directory"
    INVALID_UID = "invalid-uid"
    MISSING_IDENTIFIERS = "missing-identifiers"
    UNSUPPORTED_TRANSFER_SYNTAX = "unsupported-transfer-syntax"
    ELEMENT_BUDGET_EXCEEDED = "element-budget-exceeded"
    NESTING_TOO_DEEP = "nesting-too-deep"
    HEADER_TOO_LARGE = "header-too-large"
    INFLATE_BUDGET_EXCEEDED = "inflate-budget-exceeded"
    PIXEL_BUDGET_EXCEEDED = "pixel-budget-exceeded"
    CODESTREAM_MISMATCH = "codestream-mismatch"
    INVALID_IMAGE_ATTRIBUTES = "invalid-image-attributes"
    NO_PIXELS = "no-pixels"
    NO_SUCH_FRAME = "no-such-frame"
    DECODE_FAILED = "decode-failed"
    READER_CRASHED = "reader-crashed"
    READER_TIMED_OUT = "reader-timed-out"
    READER_OUT_OF_MEMORY = "reader-out-of-memory"
    READER_UNAVAILABLE = "reader-unavailable"
    ARCHIVE_DAMAGED = "archive-damaged"
    ARCHIVE_TOO_MANY_ENTRIES = "archive-too-many-entries"
    ARCHIVE_TOO_LARGE = "archive-too-large"
    ARCHIVE_RATIO_EXCEEDED = "archive-ratio-exceeded"
    ARCHIVE_ENCRYPTED = "archive-encrypted"
    ARCHIVE_UNSAFE_NAME = "archive-unsafe-name"
    ARCHIVE_LINK = "archive-link"
    ARCHIVE_NESTED = "archive-nested"
    ARCHIVE_METHOD_UNSUPPORTED = "archive-method-unsupported"


class DicomRefusedError(Exception):
    """A file (or a part of it) was refused; `code` says why, `params` fill the translated text."""

    def __init__(self, code: Code, **params: str | int) -> None:
        super().__init__(f"{code}: {params}" if params else str(code))
        self.code = code
        self.params = params
