"""What this app shows on the pages of others."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from courses.models import Course
from courses.rules import OPEN_COURSE
from interop.queries.feed import review_feed
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of


def nav(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The calendar in the bar, for who is signed in."""
    if not actor_of(request).signed_in:
        return ""
    return render_to_string("interop/calendar/_nav.html", {}, request)


def menu(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The calendar in the menu of one's account, where a phone has no bar."""
    if not actor_of(request).signed_in:
        return ""
    return render_to_string("interop/calendar/_menu.html", {}, request)


def course_tab(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tab Calendar above a course's pages."""
    course = context.get("course")
    if not isinstance(course, Course) or not allows(actor_of(request), OPEN_COURSE, course):
        return ""
    values = {"course": course, "tab": context.get("tab", "")}
    return render_to_string("interop/calendar/_course_tab.html", values, request)


def reviews(request: HttpRequest, _context: dict[str, Any]) -> str:
    """On the review page: a private calendar address of reviews alone."""
    values = {"feed": review_feed(actor_of(request))}
    return render_to_string("interop/calendar/_reviews.html", values, request)


def dashboard(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The way to the calendar, beside what is due."""
    return render_to_string("interop/calendar/_dashboard.html", {}, request)
