"""The mastery map: a learner's own, that of a class and of one learner, with its evidence."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from analytics.queries.mastery import (
    class_lines,
    class_rows,
    counts,
    fitted_at,
    has_outcomes,
    learner_of,
    outcome_of,
    outcomes_of,
    own_map,
    with_prerequisites,
)
from analytics.queries.mastery_evidence import learner_evidence, own_evidence
from analytics.queries.mastery_totals import mastery_totals
from analytics.queries.next_step import next_step
from analytics.queries.practice import recommended_practice
from analytics.scoring.mastery.cells import LEAST_SHOWN, Level
from courses.models import Course
from courses.rules import LEARN_COURSE, MANAGE_COURSE, OPEN_COURSE, STAFF_COURSE, TOTALS_COURSE
from courses.views.doors import course_context, find_course
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of

PER_PAGE = 50


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """A learner's own map; the totals of the class for observers and staff."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    learns = allows(actor, LEARN_COURSE, course) or actor.preview_course_id == course.pk
    context: dict[str, Any] = course_context(request, course, "mastery", learns=learns)
    if learns:
        found = own_map(actor, course)
        context |= {
            "found": found,
            "practice": recommended_practice(actor, course, found.cells),
            "counts": counts(found.cells),
            "least": LEAST_SHOWN,
        }
    elif allows(actor, TOTALS_COURSE, course):
        context["totals"] = mastery_totals(actor, course)
    return render(request, "analytics/mastery/mine.html", context)


@require_safe
def my_evidence(request: HttpRequest, slug: str, outcome_id: str) -> HttpResponse:
    """The learner's own answers behind one figure."""
    course = find_course(request, slug, OPEN_COURSE)
    outcome = outcome_of(actor_of(request), course, outcome_id)
    found = own_evidence(actor_of(request), course, outcome)
    context = course_context(request, course, "mastery", outcome=outcome, found=found)
    return render(request, "analytics/mastery/my_evidence.html", context)


@require_safe
def teach(request: HttpRequest, slug: str) -> HttpResponse:
    """The class: outcomes by learners, and the totals of each outcome."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    page = Paginator(class_rows(actor, course), PER_PAGE).get_page(request.GET.get("page"))
    outcomes = outcomes_of(course)
    context = {
        **_teaching(request, course),
        "outcomes": outcomes,
        "page": page,
        "lines": class_lines(actor, course, list(page), outcomes),
        "totals": mastery_totals(actor, course),
        "fitted_at": fitted_at(course),
        "levels": Level,
    }
    return render(request, "analytics/mastery/teach.html", context)


@require_safe
def learner(request: HttpRequest, slug: str, learner_id: str) -> HttpResponse:
    """One learner's map, for staff."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    person = learner_of(actor, course, learner_id)
    (line,) = class_lines(actor, course, [person], outcomes_of(course))
    cells = with_prerequisites(course, line.cells)
    context = {**_teaching(request, course), "cells": cells, "learner": person}
    return render(request, "analytics/mastery/learner.html", context)


@require_safe
def evidence(request: HttpRequest, slug: str, learner_id: str, outcome_id: str) -> HttpResponse:
    """The answers behind one figure of a learner, for staff."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    person, outcome = learner_of(actor, course, learner_id), outcome_of(actor, course, outcome_id)
    context = {
        **_teaching(request, course),
        "learner": person,
        "outcome": outcome,
        "found": learner_evidence(actor, course, outcome, person),
    }
    return render(request, "analytics/mastery/evidence.html", context)


def tab(request: HttpRequest, context: dict[str, Any]) -> str:
    """The tab of one's mastery, for learners of a course that has outcomes."""
    course, actor = context.get("course"), actor_of(request)
    if not isinstance(course, Course) or not actor.signed_in:
        return ""
    if not allows(actor, LEARN_COURSE, course) or not has_outcomes(course):
        return ""
    shown = {"course": course, "tab": context.get("tab")}
    return render_to_string("analytics/slots/mastery_tab.html", shown)


def overview(request: HttpRequest, context: dict[str, Any]) -> str:
    """On a course's page, for its learners: the next step and why."""
    course, actor = context.get("course"), actor_of(request)
    if not isinstance(course, Course) or not actor.signed_in or context.get("may_staff"):
        return ""
    if not allows(actor, LEARN_COURSE, course):
        return ""
    step = next_step(actor, course)
    if step is None:
        return ""
    return render_to_string("analytics/slots/next_step.html", {"course": course, "step": step})


def _teaching(request: HttpRequest, course: Course) -> dict[str, Any]:
    may = allows(actor_of(request), MANAGE_COURSE, course)
    return {"course": course, "tab": "analytics", "may_manage": may}
