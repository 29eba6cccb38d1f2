"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The asker's address; proxy headers count only behind LMS_TRUSTED_PROXIES proxies."""
    hops: list[str] = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    ]
    trusted = settings.TRUSTED_PROXIES
    address: str = request.META.get("REMOTE_ADDR", "")
    if trusted and len(hops) >= trusted and hops[-trusted]:
        return hops[-trusted]
    return address
