"""Ask for a draft of a mark, from the marking desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ai.services.marking import request_mark_draft
from ai.services.routes import NoModel
from ai.services.short_answers import request_answer_drafts
from assessments.queries.attempt import attempt as find_attempt
from assessments.queries.marking import handed_in
from assessments.rules import GRADE_ATTEMPT, MARK_SUBMISSION
from assessments.views.marking import marked_place
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.rest.throttles import hit
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of


@require_POST
def draft_mark(
    request: HttpRequest, slug: str, assignment_id: str, submission_id: str
) -> HttpResponse:
    """Start a draft; the desk shows it when it is there."""
    _course, asked = marked_place(request, slug, assignment_id)
    actor = actor_of(request)
    row = handed_in(actor, asked, submission_id)
    require(actor, MARK_SUBMISSION, row)
    if hit("ai", str(actor.user_id)) is not None:
        messages.error(request, _("Too many requests. Wait a moment and try again."))
    else:
        try:
            request_mark_draft(actor=actor, submission=row)
        except (Invalid, NoModel) as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, _("A draft is being written."))
    return redirect("teach-marking-desk", slug, asked.public_id, row.public_id)


@require_POST
def draft_answers(request: HttpRequest, slug: str, attempt_id: str) -> HttpResponse:
    """Start comparing an attempt's short answers; its page shows what came of it."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = find_attempt(actor, attempt_id, course=course)
    require(actor, GRADE_ATTEMPT, row)
    if hit("ai", str(actor.user_id)) is not None:
        messages.error(request, _("Too many requests. Wait a moment and try again."))
    else:
        try:
            request_answer_drafts(actor=actor, attempt=row)
        except (Conflict, Invalid, NoModel) as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, _("Answers are being compared. Reload the page in a moment."))
    return redirect("teach-attempt", slug, row.public_id)
