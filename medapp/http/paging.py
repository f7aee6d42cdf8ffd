"""Pages of the API's lists. Apart from the views, because DRF reads its settings while it is being imported."""

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

LAST_ROW = 10**9  # no database holds an offset beyond 2**63


class Pages(LimitOffsetPagination):
    """``?limit=`` (500 at most) and ``?offset=``."""

    max_limit = 500

    def get_offset(self, request: Request) -> int:
        return min(super().get_offset(request), LAST_ROW)
