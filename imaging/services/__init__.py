"""The only writers of the archive. Every one takes ``by=`` and leaves its audit event."""

from imaging.services.quarantine import discard_file, release_file
from imaging.services.receive import Incoming, receive_files
from imaging.services.uploads import cancel_upload, start_upload

__all__ = [
    "Incoming",
    "cancel_upload",
    "discard_file",
    "receive_files",
    "release_file",
    "start_upload",
]
