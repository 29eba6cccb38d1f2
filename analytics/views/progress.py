"""My progress: one's own learning over all courses."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from analytics.queries.progress import own_courses, own_days, what_next
from analytics.views import charts
from courses.queries.dashboard import my_learning
from lms.kernel.errors import SignInRequired
from lms.kernel.web.middleware import actor_of

PER_PAGE = 10


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Time and days, what comes next, and each course."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    page = Paginator(my_learning(actor), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    found = own_days(actor)
    lessons = sum(week.lessons_completed for week in found.weeks)
    following = what_next(actor, rows)
    context = {
        "days": found,
        "lessons": lessons,
        "weekly": charts.learner_weekly(found.weeks) if found.seconds or lessons else None,
        "next_course": following[0] if following else None,
        "step": following[1] if following else None,
        "page": page,
        "courses": own_courses(actor, rows),
    }
    return render(request, "analytics/progress/mine.html", context)


def link(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The way to the page from the numbers on the dashboard."""
    return render_to_string("analytics/slots/progress_link.html", request=request)
