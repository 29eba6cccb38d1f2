"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from lms.kernel.web.middleware import actor_of


def page(request: HttpRequest) -> dict[str, Any]:
    """The actor, the mode and the public address."""
    return {"actor": actor_of(request), "trial": settings.TRIAL, "public_url": settings.PUBLIC_URL}
