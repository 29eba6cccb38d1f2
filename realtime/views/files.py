"""Files of messages: the rule is asked here, the bytes come from the storage (U2, U3)."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from courses.views.files import send_file
from lms.kernel.web.middleware import actor_of
from realtime.queries.files import file_seen
from realtime.services.files import file_by_token, grant_file


@require_safe
@cache_control(no_store=True)
def message_file(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """Lead whoever sees the message to an address that works for five minutes."""
    return redirect(grant_file(file_seen(actor_of(request), file_id)).url)


@require_safe
@cache_control(private=True, max_age=300)
def signed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes behind such an address; whoever holds it within its time may read."""
    found = file_by_token(token)
    return send_file(request, found.file, found.name, found.content_type)
