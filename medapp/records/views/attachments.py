"""Files in the record: adding, downloading in whole or in ranges, taking back."""

import re
from typing import BinaryIO, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from medapp.errors import NotFoundError
from medapp.records import services
from medapp.records.forms import AttachmentForm, ReasonForm
from medapp.records.models import Attachment, Patient
from medapp.records.views.common import answer_form, user_of
from medapp.vault.blobs import read_range

EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
    "application/octet-stream": ".bin",
}


def add_attachment(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = AttachmentForm(request.POST or None, request.FILES or None)

    def save() -> None:
        upload = form.cleaned_data["file"]
        services.attach_file(
            patient=patient,
            stream=cast(BinaryIO, upload.file),
            title=form.cleaned_data["title"] or upload.name,
            by=user_of(request),
            request=request,
        )

    return answer_form(
        request,
        form,
        save=save,
        done=_("The file is in the record."),
        title=_("Attach a file"),
        patient=patient,
    )


def attachment(request: HttpRequest, attachment: Attachment) -> HttpResponse:
    """The file, as a download. A ``Range`` header gets its part with 206, or 416 where there is none."""
    if attachment.withdrawn_at is not None:
        raise NotFoundError
    size = attachment.blob.size_bytes
    wanted = byte_range(request.headers.get("Range", ""), size)
    if wanted is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = wanted
    body = read_range(attachment.blob, start, end - start)
    is_part = "Range" in request.headers and (start, end) != (0, size)
    response = HttpResponse(body, status=206 if is_part else 200, content_type=attachment.media_type)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_file_name(attachment))}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if is_part:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Return (start, end) for one ``bytes=`` range; the whole for none, several or nonsense (RFC 9110, 14.2).

    None where the range lies outside the file.
    """
    match = re.fullmatch(r"bytes=([0-9]{0,15})-([0-9]{0,15})", header.strip())
    if not match or match.group(0) == "bytes=-":
        return 0, size
    first, last = match.groups()
    if not first:
        length = int(last)
        return (max(0, size - length), size) if length and size else None
    start = int(first)
    if start >= size or (last and int(last) < start):
        return None if start >= size else (0, size)
    return start, min(int(last) + 1, size) if last else size


def withdraw_attachment(request: HttpRequest, attachment: Attachment) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return answer_form(
        request,
        form,
        save=lambda: services.withdraw_attachment(
            attachment=attachment, reason=form.cleaned_data["reason"], by=user_of(request), request=request
        ),
        done=_("The file is no longer shown."),
        title=_("Take back “%(name)s”") % {"name": attachment.title},
        patient=attachment.patient,
    )


def _file_name(attachment: Attachment) -> str:
    """A name made of the title's letters and digits, with the extension of the type that was found."""
    extension = EXTENSIONS.get(attachment.media_type, ".bin")
    stem = attachment.title.removesuffix(extension)
    return (re.sub(r"[^\w. -]", "_", stem).strip(" .")[:80] or "file") + extension
