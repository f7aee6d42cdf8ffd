"""JSON bodies of the API. DRF reads them past Django's limit on what is held in memory."""

import io
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework.parsers import JSONParser

from medapp.errors import TooLargeError


class BoundedJSONParser(JSONParser):
    """Raises TooLargeError past DATA_UPLOAD_MAX_MEMORY_SIZE."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLargeError(limit=f"{limit // 1024**2} MiB")
        return super().parse(io.BytesIO(body), media_type, parser_context)
