"""Pictures: values for the viewer, rendered images, thumbnails, the original file."""

import math

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from imaging import frames, reading
from imaging.dicom.render import FORMATS
from imaging.frames import Rendering
from imaging.models import Instance
from imaging.views.common import user_of
from medapp.audit.services import record
from medapp.errors import InvalidInputError, NotFoundError
from medapp.vault.blobs import iter_range

LARGEST_SIDE = 4096


def raw(request: HttpRequest, instance: Instance, frame: int) -> HttpResponse:
    """Little-endian int16 (or RGB bytes); ``X-Frame`` says how to draw them."""
    reading.account_for_read(request, instance)
    found = frames.raw_frame(instance, frame)
    response = HttpResponse(bytes(found.data), content_type="application/octet-stream")
    response["X-Frame"] = frames.description(found)
    return response


def image(request: HttpRequest, instance: Instance, frame: int) -> HttpResponse:
    """A rendered picture: ``center``, ``width``, ``invert``, ``side``, ``format``."""
    reading.account_for_read(request, instance)
    rendering = _rendering(request)
    body = frames.rendered_frame(instance, frame, rendering)
    return HttpResponse(body, content_type=FORMATS[rendering.image_format])


def _rendering(request: HttpRequest) -> Rendering:
    side = _number(request, "side")
    image_format = request.GET.get("format", "png")
    if image_format not in FORMATS:
        raise InvalidInputError(reason="format")
    return Rendering(
        image_format=image_format,
        center=_number(request, "center"),
        width=_number(request, "width"),
        invert=request.GET.get("invert") == "1",
        longest_side=int(min(max(side, 16), LARGEST_SIDE)) if side is not None else None,
    )


def _number(request: HttpRequest, name: str) -> float | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInputError(reason=name)
    return number


def thumbnail(request: HttpRequest, instance: Instance) -> HttpResponse:
    jpeg = frames.thumbnail(instance)
    if jpeg is None:
        raise NotFoundError
    reading.account_for_read(request, instance)
    response = HttpResponse(jpeg, content_type="image/jpeg")
    # A stored picture never changes; the browser keeps it for the visit, no shared cache does.
    response["Cache-Control"] = "private, max-age=600"
    return response


def original(request: HttpRequest, instance: Instance) -> HttpResponseBase:
    """The file as it came."""
    with transaction.atomic():
        record(
            action="image.download",
            by=user_of(request),
            patient_id=instance.series.study.patient_id,
            obj=instance,
            request=request,
        )
    response = StreamingHttpResponse(
        iter_range(instance.blob, 0, instance.size_bytes), content_type="application/dicom"
    )
    response["Content-Length"] = str(instance.size_bytes)
    response["Content-Disposition"] = f'attachment; filename="{instance.pk}.dcm"'
    return response
