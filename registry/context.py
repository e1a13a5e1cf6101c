"""What every page has."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    return {"theme": request.COOKIES.get("theme", "auto"), "demo": settings.DEMO}
