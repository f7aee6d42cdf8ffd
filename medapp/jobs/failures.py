"""From an exception to what a row says: a code and, in every language, a reason and what to do next."""

import logging
import traceback
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from medapp.errors import MedappError
from medapp.jobs.errors import UnexpectedFailureError

logger = logging.getLogger(__name__)


def words_of(error: MedappError) -> dict[str, dict[str, str]]:
    """Return {language: {"reason", "advice"}}: the worker does not know who will read it."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language] = {"reason": str(error), "advice": error.advice}
    return words


def unexpected(error: BaseException, job_ids: list[Any]) -> UnexpectedFailureError:
    """Log an unforeseen exception under a number and return the refusal that carries the number.

    Only its type and the lines it passed are logged: its message may hold patient data.
    """
    error_id = uuid.uuid4().hex[:8]
    lines = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(error.__traceback__)[-8:])
    )
    logger.error("error %s in jobs %s: %s at %s", error_id, job_ids, type(error).__qualname__, lines)
    return UnexpectedFailureError(error_id=error_id)
