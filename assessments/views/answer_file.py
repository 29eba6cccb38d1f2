"""Files that were handed in as answers: checked here, served by a short-lived address (U3)."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from assessments.queries.answer_file import answer_file
from assessments.services.private_file import file_by_token, grant_file
from courses.views.files import send_file
from lms.kernel.web.middleware import actor_of


@require_safe
@cache_control(no_store=True)
def show(request: HttpRequest, part_id: str, file_id: str) -> HttpResponseBase:
    """Check the access of this person and lead to an address that works for five minutes."""
    return redirect(grant_file(file=answer_file(actor_of(request), part_id, file_id)).url)


@require_safe
@cache_control(private=True, max_age=300)
def signed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes behind such an address, always as a download."""
    served = file_by_token(token, kind="answer-files")
    file = served.file
    return send_file(request, file.file, served.name, file.content_type, download=True)
