"""What the log says of an exception."""

import logging
import sys

from medapp.logs import Formatter


def logged(error: Exception, cause: Exception | None = None) -> str:
    try:
        raise error from cause
    except Exception:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    return Formatter("%(message)s").format(record)


def test_exception_is_named_with_its_lines_and_without_its_words():
    text = logged(ValueError("Key (mrn)=(P123) already exists"), KeyError("王小明"))

    assert text.startswith("failed\nValueError\n")
    assert "KeyError" in text
    assert "test_logs.py" in text
    assert not {"P123", "王小明"} & set(text.replace("(", " ").replace(")", " ").replace("'", " ").split())


def test_application_writes_its_log_with_it(settings):
    assert settings.LOGGING["formatters"]["line"]["class"] == "medapp.logs.Formatter"
