"""What analytics shows on pages of lower apps."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from analytics.services.help import flagged
from analytics.services.recommend import recommendations
from courses.rules import STAFF_COURSE, TOTALS_COURSE, staff_course_rows
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of

SHOWN = 5
# A home page counts at most this many learners; larger classes are looked at in their own page.
MOST_COURSES = 12
MOST_LEARNERS = 2_000


def teach_tab(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tab of a course's analytics, for its staff."""
    course = context.get("course")
    if course is None or not allows(actor_of(request), STAFF_COURSE, course):
        return ""
    shown = {"course": course, "tab": context.get("tab")}
    return render_to_string("analytics/slots/teach_tab.html", shown)


def course_tab(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tab of class totals, for observers."""
    course, actor = context.get("course"), actor_of(request)
    if course is None or context.get("may_staff") or not actor.signed_in:
        return ""
    if not allows(actor, TOTALS_COURSE, course) or allows(actor, STAFF_COURSE, course):
        return ""
    shown = {"course": course, "tab": context.get("tab")}
    return render_to_string("analytics/slots/course_tab.html", shown)


def teach_home(request: HttpRequest, context: dict[str, Any]) -> str:
    """Who may need help and why, over the courses one teaches."""
    actor = actor_of(request)
    rows = staff_course_rows(actor).filter(deleted_at=None, state="published", learner_count__gt=0)
    courses, room = [], MOST_LEARNERS
    for course in rows.order_by("-updated_at", "-pk")[:MOST_COURSES]:
        if course.learner_count <= room:
            courses.append(course)
            room -= course.learner_count
    if not courses:
        return ""
    pairs = flagged(actor=actor, courses=courses)
    shown = {"pairs": pairs[:SHOWN], "more": max(0, len(pairs) - SHOWN), "courses": courses}
    return render_to_string("analytics/slots/teach_home.html", shown)


def dashboard_recommended(request: HttpRequest, context: dict[str, Any]) -> str:
    """What to take next, with the reason."""
    actor = actor_of(request)
    if not actor.signed_in:
        return ""
    found = recommendations(actor=actor)
    if not found:
        return ""
    return render_to_string("analytics/slots/recommended.html", {"found": found})
