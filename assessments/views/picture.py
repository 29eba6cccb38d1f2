"""The pictures of questions: checked here, served by a short-lived address (U3)."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from assessments.queries.picture import question_picture
from courses.services.attachment import address_of
from lms.kernel.web.middleware import actor_of


@require_safe
@cache_control(no_store=True)
def show(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """Check the access of this person and lead to an address that works for five minutes."""
    return redirect(address_of(question_picture(actor_of(request), file_id)).url)
