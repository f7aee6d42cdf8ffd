"""How a line of the log is written."""

import logging
import traceback
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Formatter(logging.Formatter):
    """Says of an exception what it was and where it passed, never its message: that may quote a patient's data."""

    def formatException(self, ei: ExcInfo) -> str:
        lines, error = [], ei[1]
        while error is not None:
            lines.append(type(error).__qualname__)
            lines += [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)
