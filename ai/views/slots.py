"""What AI shows on pages of lower apps."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from ai.queries.draft import drafts_waiting
from ai.queries.stale import stale_of_lesson, stale_question_ids
from ai.views.pieces import panel_context
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


def lesson_review(request: HttpRequest, context: dict[str, Any]) -> str:
    """Generated pieces below the text of the lesson editor, inside its form."""
    course, lesson = context.get("course"), context.get("lesson")
    actor = actor_of(request)
    if course is None or lesson is None or not allows(actor, STAFF_COURSE, course):
        return ""
    shown = panel_context(actor, course, lesson)
    if not (shown["cards"] or shown["accepted"] or shown["job"]):
        return ""
    return render_to_string("ai/pieces/_panel.html", shown)


def lesson_side(request: HttpRequest, context: dict[str, Any]) -> str:
    """How much that was made from this lesson is out of date."""
    course, lesson = context.get("course"), context.get("lesson")
    if course is None or lesson is None or not allows(actor_of(request), STAFF_COURSE, course):
        return ""
    many = stale_of_lesson(lesson)
    return render_to_string("ai/stale/_side.html", {"course": course, "many": many}) if many else ""


def bank_mark(request: HttpRequest, context: dict[str, Any]) -> str:
    """The mark of a question whose source was edited; asked once for a page."""
    course, row = context.get("course"), context.get("row") or context.get("question")
    if course is None or row is None or not allows(actor_of(request), STAFF_COURSE, course):
        return ""
    known: set[int] | None = getattr(request, "_stale_questions", None)
    if known is None:
        known = stale_question_ids(course)
        request._stale_questions = known  # type: ignore[attr-defined]  # noqa: SLF001
    if row.pk not in known:
        return ""
    return render_to_string("ai/stale/_mark.html", {"course": course})


def teach_home(request: HttpRequest, context: dict[str, Any]) -> str:
    """Running AI jobs and drafts that wait for a decision, over the courses one teaches."""
    waiting = drafts_waiting(actor_of(request))
    if not waiting:
        return ""
    return render_to_string("ai/slots/teach_home.html", {"waiting": waiting})
