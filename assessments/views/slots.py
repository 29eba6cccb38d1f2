"""What assessments show on the pages of courses."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from assessments.queries.accommodation import accommodations
from assessments.queries.agenda import due_lines
from assessments.queries.assignment import assignment_of
from assessments.queries.desk import desk_lines
from assessments.queries.exam import exam_of
from assessments.queries.grade import recent_feedback
from assessments.queries.quiz import quiz_of, standing
from assessments.queries.review_words import behaviour_words, review_words
from assessments.rules import EDIT_QUIZ, SEE_RESULTS, VIEW_QUIZ, teaches
from assessments.services.closing import settle_open
from assessments.views.submission import working_context
from courses.rules import LEARN_COURSE, MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.errors import Denied
from lms.kernel.rules import allows
from lms.kernel.web import slots
from lms.kernel.web.middleware import actor_of

MOST_SHOWN = 100
DUE_SHOWN = 8


def player_quiz(request: HttpRequest, context: dict[str, Any]) -> str:
    """The start card of a quiz in the player: its rules, what is left, what was reached."""
    actor = actor_of(request)
    quiz = quiz_of(context["lesson"])
    seen = quiz is not None and allows(actor, VIEW_QUIZ, quiz)
    more: dict[str, Any] = {"quiz": quiz if seen else None, "now": clock.now()}
    if quiz is not None and seen:
        if actor.user_id is not None:
            settle_open(quiz, actor.user_id)
        more["standing"] = standing(actor, quiz)
        more["dates"] = more["standing"].dates
        allowed = more["dates"].attempts_allowed
        more["review_words"] = review_words(quiz, attempts_allowed=allowed)
        more["behaviour_words"] = behaviour_words(quiz)
        more["may_edit"] = allows(actor, EDIT_QUIZ, quiz)
        more["may_see_results"] = allows(actor, SEE_RESULTS, quiz)
    return render_to_string("assessments/quiz/_start.html", {**context, **more}, request)


def lesson_quiz(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way from a lesson's editor to its quiz."""
    quiz = quiz_of(context["lesson"])
    return render_to_string("assessments/quiz/_in_lesson.html", {**context, "quiz": quiz}, request)


def player_assignment(request: HttpRequest, context: dict[str, Any]) -> str:
    """What an assignment asks, what was handed in, and the place to work."""
    more = working_context(request, assignment_of(context["lesson"]))
    return render_to_string("assessments/assignment/_player.html", {**context, **more}, request)


def lesson_assignment(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way from a lesson's editor to its assignment."""
    more = {**context, "assignment": assignment_of(context["lesson"])}
    return render_to_string("assessments/assignment/_in_lesson.html", more, request)


def teach_tabs(request: HttpRequest, context: dict[str, Any]) -> str:
    """Questions, quizzes and results beside the outline."""
    return render_to_string("assessments/_teach_tabs.html", context, request)


def course_tabs(request: HttpRequest, context: dict[str, Any]) -> str:
    """Grades beside the course's other pages, for those who learn in it."""
    course = context.get("course")
    if course is None or not LEARN_COURSE.may(actor_of(request), course):
        return ""
    return render_to_string("assessments/_course_tabs.html", context, request)


def feedback(request: HttpRequest, context: dict[str, Any]) -> str:
    """The newest results on the dashboard."""
    rows = recent_feedback(actor_of(request))
    if not rows:
        return ""
    return render_to_string(
        "assessments/grades/_feedback.html", {**context, "grades": rows}, request
    )


def refused(request: HttpRequest, context: dict[str, Any]) -> str:
    """On a page that refuses something, the way back into the exam that may be the reason."""
    attempt = exam_of(actor_of(request)) if context.get("status") == Denied.status else None
    if attempt is None:
        return ""
    return render_to_string("assessments/attempt/_back_to_exam.html", {"attempt": attempt}, request)


def due(request: HttpRequest, context: dict[str, Any]) -> str:
    """What is due next on the dashboard, by the learner's own dates."""
    lines = due_lines(actor_of(request))
    more = {**context, "lines": lines[:DUE_SHOWN], "more": max(len(lines) - DUE_SHOWN, 0)}
    return render_to_string("assessments/grades/_due.html", {**more, "now": clock.now()}, request)


def teach_actions(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way from the teaching page to one's own questions, for those who teach."""
    if not teaches(actor_of(request)):
        return ""
    return render_to_string("assessments/own/_link.html", context, request)


def teach_home(request: HttpRequest, context: dict[str, Any]) -> str:
    """What waits for a person to mark it, over the courses one staffs."""
    lines = desk_lines(actor_of(request))[:MOST_SHOWN]
    if not lines:
        return ""
    more = {**context, "lines": lines, "with_course": True}
    return render_to_string("assessments/marking/_waiting.html", more, request)


def member_menu(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way from a learner in the list of people to their extra time."""
    return render_to_string("assessments/accommodation/_menu.html", context, request)


def people_with_time(request: HttpRequest, context: dict[str, Any]) -> str:
    """Who in the course has extra time, for its instructors."""
    actor, course = actor_of(request), context["course"]
    if not allows(actor, MANAGE_COURSE, course):
        return ""
    rows = list(accommodations(actor, course=course)[:MOST_SHOWN])
    more = {**context, "accommodations": rows}
    return render_to_string("assessments/accommodation/_list.html", more, request)


def register() -> None:
    """Fill the slots; called when the app is ready."""
    slots.register("player.item.quiz", player_quiz)
    slots.register("teach.lesson.quiz", lesson_quiz)
    slots.register("player.item.assignment", player_assignment)
    slots.register("teach.lesson.assignment", lesson_assignment)
    slots.register("teach.tabs", teach_tabs, order=20)
    slots.register("course.tabs", course_tabs, order=20)
    slots.register("dashboard.due", due)
    slots.register("dashboard.feedback", feedback)
    slots.register("teach.home", teach_home, order=10)
    slots.register("teach.actions", teach_actions)
    slots.register("refused", refused)
    slots.register("teach.people.menu", member_menu)
    slots.register("teach.people.below", people_with_time)
