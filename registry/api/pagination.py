"""Paging of API lists."""

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """`?limit=` (100 when left out, 1,000 at most) and `?offset=`.

    Answers `{"count", "next", "previous", "results"}`.
    """

    default_limit = 100
    max_limit = 1000
