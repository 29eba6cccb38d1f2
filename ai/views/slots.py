"""What AI shows on pages of lower apps."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ai.enums import TutorStyle
from ai.forms.mark_draft import drafted_lines
from ai.queries.consent import course_is_off
from ai.queries.draft import drafts_waiting
from ai.queries.mark_draft import draft_agreement, last_draft_job, mark_draft
from ai.queries.stale import stale_of_lesson, stale_question_ids
from ai.services.marking import may_draft
from ai.services.tutor_help import style_of
from ai.views.pieces import panel_context
from ai.views.tutor import tutor_context
from courses.rules import STAFF_COURSE, TALK_COURSE
from lms.kernel.models import JobState
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


def tutor_pane(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tutor beside a lesson, for members who may ask. Nothing where the course has it off."""
    course, lesson = context.get("course"), context.get("lesson")
    if course is None or not allows(actor_of(request), TALK_COURSE, course):
        return ""
    shown = tutor_context(request, course, lesson)
    # Who is in an exam, or turned AI off themselves, is told why nobody answers.
    if shown["is_off"] and not (shown["help"].exam or shown["help"].off_where == "person"):
        return ""
    return render_to_string("ai/tutor/pane.html", shown, request)


def course_tab(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tab of the tutor's own page."""
    course, actor = context.get("course"), actor_of(request)
    if course is None or not actor.signed_in or not allows(actor, TALK_COURSE, course):
        return ""
    if style_of(course) == TutorStyle.OFF:
        return ""
    shown = {"course": course, "tab": context.get("tab")}
    return render_to_string("ai/slots/course_tab.html", shown)


def settings_card(request: HttpRequest, context: dict[str, Any]) -> str:
    """Where a course's settings lead to those of AI and its tutor."""
    course = context.get("course")
    if course is None or not allows(actor_of(request), STAFF_COURSE, course):
        return ""
    words = TutorStyle(style_of(course)).label
    shown = {"course": course, "words": words, "off": course_is_off(course)}
    return render_to_string("ai/slots/settings_card.html", shown)


def settings_section(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The way from one's settings to those of AI."""
    return render_to_string("ai/slots/settings.html", request=request)


def marking_draft(request: HttpRequest, context: dict[str, Any]) -> str:
    """A draft of the mark beside the rubric, for those who may mark, once there are levels."""
    work, assignment = context.get("work"), context.get("assignment")
    levels = any(one["row"].levels for one in context.get("criteria", ()))
    if work is None or assignment is None or not context.get("may_mark") or not levels:
        return ""
    actor = actor_of(request)
    draft, job = mark_draft(actor, work), last_draft_job(work)
    may_ask = bool(work.text.strip()) and may_draft(actor, context["course"])
    if draft is None and job is None and not may_ask:
        return ""
    found = draft_agreement(actor, assignment)
    shown = {
        "course": context["course"],
        "assignment": assignment,
        "submission": context["submission"],
        "draft": draft,
        "lines": drafted_lines(draft) if draft else [],
        "job": job,
        "running": job is not None and not job.finished,
        "failed": job is not None and job.state == JobState.FAILED,
        "here": request.get_full_path(),
        "may_ask": may_ask,
        "agreement": found,
        "exact": None if found.exact is None else round(100 * found.exact),
        "kappa": _("not defined") if found.kappa is None else f"{found.kappa:.2f}",
    }
    return render_to_string("ai/marking/desk.html", shown, request=request)


def institution_link(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The way from the institution's page to what AI cost."""
    return render_to_string("ai/slots/institution.html", request=request)
