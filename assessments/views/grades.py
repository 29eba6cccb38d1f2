"""A learner's own grades."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.queries.grade import own_lines
from assessments.queries.quiz import overdue_of
from assessments.services.closing import settle
from courses.rules import OPEN_COURSE
from courses.views.doors import course_context, find_course
from lms.kernel.web.middleware import actor_of


@require_safe
def own(request: HttpRequest, slug: str) -> HttpResponse:
    """Every quiz of the course with one's own result."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    for attempt in overdue_of(actor, course):
        settle(attempt)
    context = course_context(request, course, "grades", lines=own_lines(actor, course))
    return render(request, "assessments/grades/own.html", context)
