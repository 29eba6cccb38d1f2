"""What this app shows on the pages of others."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from courses.models import Course
from courses.rules import OPEN_COURSE, STAFF_COURSE
from lms.kernel.errors import Denied, NotFound
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of
from realtime.queries.announcements import announcements_of, has_announcements, latest_for
from realtime.queries.direct import is_offered, person_to_write, unread_talks
from realtime.queries.forum import found_threads, unread_threads
from realtime.queries.notifications import unread_count
from realtime.queries.room import unread_in
from realtime.rules import VIEW_ROOM

NEWEST = 3


def bell(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The bell in the bar, with how many are unread."""
    actor = actor_of(request)
    if not actor.signed_in:
        return ""
    count = unread_count(actor)
    return render_to_string("realtime/notifications/_bell.html", {"count": count}, request)


def envelope(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The way to one's messages, with how many conversations have something new."""
    actor = actor_of(request)
    if not actor.signed_in:
        return ""
    count = unread_talks(actor)
    return render_to_string("realtime/direct/_envelope.html", {"count": count}, request)


def course_tabs(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tabs Chat, Discuss and Announcements above a course's pages; empty ones are hidden."""
    course, actor = context.get("course"), actor_of(request)
    if not isinstance(course, Course) or not actor.signed_in:
        return ""
    values = {
        "course": course,
        "tab": context.get("tab", ""),
        "may_talk": allows(actor, VIEW_ROOM, course),
        "announced": has_announcements(actor, course),
    }
    values["unread"] = unread_in(actor, course) if values["may_talk"] else 0
    values["threads"] = unread_threads(actor, course) if values["may_talk"] else 0
    return render_to_string("realtime/_course_tabs.html", values, request)


def learner_write(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way to write to the learner (`learner_id`) whose figures somebody looks at."""
    return _way_to(request, context, "realtime/direct/_write.html")


def learner_write_to(request: HttpRequest, context: dict[str, Any]) -> str:
    """The same beside what could be done for them; nothing where no course allows messages."""
    return _way_to(request, context, "realtime/direct/_write_to.html")


def _way_to(request: HttpRequest, context: dict[str, Any], template: str) -> str:
    actor = actor_of(request)
    try:
        person = person_to_write(actor, str(context.get("learner_id", "")))
    except (Denied, NotFound):
        return ""
    if not is_offered(actor, person):
        return ""
    return render_to_string(template, {"person": person}, request)


def teach_tabs(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tabs Chat, Discuss and Announcements above the pages of teaching.

    Staff see them all; the room itself says where a ban or an exam of theirs keeps it shut.
    """
    course, actor = context.get("course"), actor_of(request)
    if not isinstance(course, Course):
        return ""
    values = {
        "course": course,
        "tab": context.get("tab", ""),
        "may_talk": allows(actor, STAFF_COURSE, course),
    }
    return render_to_string("realtime/_teach_tabs.html", values, request)


def palette_threads(request: HttpRequest, context: dict[str, Any]) -> str:
    """Threads with the words typed into the palette, in the forums that one reads."""
    actor, words = actor_of(request), str(context.get("words", ""))
    if not actor.signed_in or not words:
        return ""
    values = {"rows": found_threads(actor, words)}
    return render_to_string("realtime/forum/_found.html", values, request)


def course_announcements(request: HttpRequest, context: dict[str, Any]) -> str:
    """The newest announcements on a course's page."""
    course, actor = context.get("course"), actor_of(request)
    if not isinstance(course, Course) or not allows(actor, OPEN_COURSE, course):
        return ""
    rows = list(announcements_of(actor, course)[:NEWEST])
    values = {"rows": rows, "course": course}
    return render_to_string("realtime/announcements/_card.html", values, request) if rows else ""


def my_announcements(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The newest announcements of one's courses, on the dashboard."""
    rows = latest_for(actor_of(request))
    values = {"rows": rows, "course": None}
    return render_to_string("realtime/announcements/_card.html", values, request) if rows else ""
