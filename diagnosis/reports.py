"""The decided finding as a PDF: key image, names, figures, signature line, AI label, in the reader's language."""

import base64
import io
from typing import Any

import numpy as np
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image

from diagnosis import presenters, subjects
from diagnosis.models import Subject, Suggestion
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.audit.services import record
from medapp.errors import ConflictError
from medapp.http.pdf import html_to_pdf
from medapp.vault.blobs import open_blob

KEY_IMAGE_PIXELS = 900
OVERLAY_SHARE = 0.4


class UndecidedError(ConflictError):
    code = "undecided"
    message = _("Nobody has decided on this suggestion yet, so there is nothing to report.")
    hint = _("Accept, edit or reject it first.")


def pdf(suggestion: Suggestion, user: User, request: Any = None) -> bytes:
    """Return the report and note the export in the audit log. Raises UndecidedError or UnavailableError."""
    decision = presenters.standing_decision(suggestion)
    if decision is None:
        raise UndecidedError
    context = {
        "suggestion": presenters.present(suggestion, user),
        "patient": suggestion.patient,
        "decision": decision,
        "key_image": key_image(suggestion),
        "printed_at": timezone.now(),
        "printed_by": user,
    }
    content = html_to_pdf(
        render_to_string("diagnosis/report.html", context, request), finders.find("css/report.css")
    )
    record(
        action=Action.REPORT_EXPORT,
        by=user,
        patient_id=suggestion.patient_id,
        obj=suggestion,
        request=request,
    )
    return content


def key_image(suggestion: Suggestion) -> str | None:
    """Return the picture with its heat map laid over at 40 % as a data: URL, or None for a note."""
    prediction = suggestion.prediction
    if prediction.subject_type != Subject.INSTANCE:
        return None
    pixels = subjects.load(prediction.subject_type, prediction.subject_id).value.pixels
    picture = Image.fromarray(np.asarray(pixels)).convert("RGB")
    picture.thumbnail((KEY_IMAGE_PIXELS, KEY_IMAGE_PIXELS))
    if prediction.heat_map is not None:
        overlay = (
            Image.open(io.BytesIO(open_blob(prediction.heat_map).read())).convert("RGBA").resize(picture.size)
        )
        overlay.putalpha(overlay.getchannel("A").point(lambda value: int(value * OVERLAY_SHARE)))
        picture.paste(overlay, (0, 0), overlay)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
