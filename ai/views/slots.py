"""What AI shows on pages of lower apps."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from ai.queries.draft import drafts_waiting
from courses.rules import STAFF_COURSE
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of


def teach_tab(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tab of a course's AI pages, for its staff."""
    course = context.get("course")
    if course is None or not allows(actor_of(request), STAFF_COURSE, course):
        return ""
    shown = {"course": course, "tab": context.get("tab")}
    return render_to_string("ai/slots/teach_tab.html", shown)


def lesson_tools(request: HttpRequest, context: dict[str, Any]) -> str:
    """The button above the lesson editor."""
    course, lesson = context.get("course"), context.get("lesson")
    if course is None or lesson is None or not allows(actor_of(request), STAFF_COURSE, course):
        return ""
    return render_to_string("ai/slots/lesson_tools.html", {"course": course, "lesson": lesson})


def teach_home(request: HttpRequest, context: dict[str, Any]) -> str:
    """Running AI jobs and drafts that wait for a decision, over the courses one teaches."""
    waiting = drafts_waiting(actor_of(request))
    if not waiting:
        return ""
    return render_to_string("ai/slots/teach_home.html", {"waiting": waiting})
