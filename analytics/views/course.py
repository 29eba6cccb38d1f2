"""A course's analytics: how the class is doing, who may need help and why."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from analytics.enums import SupportDoor
from analytics.forms.course import ContactForm, RefreshForm
from analytics.queries.hours import busy_hours
from analytics.queries.learner import learner_weeks
from analytics.queries.mastery import learner_of
from analytics.queries.overview import Overview, course_overview
from analytics.queries.patterns import Patterns, latest_patterns, running_job
from analytics.queries.risk import followed, history_of, is_on
from analytics.queries.support import Suggestion, suggestions
from analytics.scoring.words import correlation_words, p_words
from analytics.services.help import LearnerHelp, help_for, note_contact
from analytics.services.patterns import start_for_course
from analytics.views import charts, charts_course
from analytics.views.help_list import at_a_glance
from assessments.models import Quiz
from courses.models import Course
from courses.rules import MANAGE_COURSE, OPEN_COURSE, STAFF_COURSE, TOTALS_COURSE, VIEW_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import Rule, allows, fetch, require
from lms.kernel.web.middleware import actor_of


@require_safe
def course_analytics(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page for staff; class totals alone for observers."""
    actor = actor_of(request)
    course = _course(actor, slug, TOTALS_COURSE)
    context = {**_totals(course_overview(actor, course)), "course": course, "tab": "analytics"}
    if not allows(actor, STAFF_COURSE, course):
        context["may_open"] = allows(actor, OPEN_COURSE, course)
        return render(request, "analytics/course/totals.html", context)
    found, hours = latest_patterns(actor, course, people=False), busy_hours(actor, course)
    context |= {
        "busy": charts_course.busy(hours) if hours else None,
        "may_manage": allows(actor, MANAGE_COURSE, course),
        "job": running_job(actor, course),
        "form": RefreshForm(initial={"k": found.k} if found and not found.chosen else None),
        **_patterns(found),
        **at_a_glance(actor, course),
    }
    return render(request, "analytics/course/index.html", context)


@require_safe
def patterns(request: HttpRequest, slug: str) -> HttpResponse:
    """Every learner of the newest patterns by group, time and grade."""
    actor = actor_of(request)
    course = _course(actor, slug, STAFF_COURSE)
    found = latest_patterns(actor, course)
    scatter = charts.scatter(found) if found and found.points else None
    context = {"course": course, "tab": "analytics", "patterns": found, "scatter": scatter}
    return render(request, "analytics/course/patterns.html", context)


@require_POST
def refresh(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the job that counts anew and looks for patterns."""
    actor = actor_of(request)
    course = _course(actor, slug, STAFF_COURSE)
    form = RefreshForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose between 2 and 8 groups."))
        return redirect("teach-analytics", slug=slug)
    start_for_course(actor=actor, course=course, k=form.cleaned_data["k"])
    return redirect("teach-analytics", slug=slug)


@require_POST
def contacts(request: HttpRequest, slug: str) -> HttpResponse:
    """Note that the person got in touch with a learner."""
    actor = actor_of(request)
    course = _course(actor, slug, STAFF_COURSE)
    form = ContactForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Name a learner, and write at most 300 characters."), field="student")
    given = form.cleaned_data
    note_contact(
        actor=actor,
        course=course,
        learner_id=given["student"],
        kind=given["kind"],
        note=given["note"],
    )
    messages.success(request, _("Noted what you did."))
    return redirect("teach-analytics-learner", slug=slug, learner=form.cleaned_data["student"])


@require_safe
def learner(request: HttpRequest, slug: str, learner: str) -> HttpResponse:
    """One learner: figures, reasons, risk, weeks, what was done."""
    actor = actor_of(request)
    course = _course(actor, slug, STAFF_COURSE)
    entry = help_for(actor=actor, course=course, learner_id=learner)
    user_id = entry.learner.user_id
    weeks = [one for one in history_of(actor, course, user_id) if one.chance is not None]
    context = {
        "course": course,
        "tab": "analytics",
        "may_manage": allows(actor, MANAGE_COURSE, course),
        "entry": entry,
        "learner_id": entry.learner.public_id,
        "weekly": charts.learner_weekly(learner_weeks(actor, course, user_id)),
        "history": charts.risks(weeks) if len(weeks) > 1 else None,
        "followed": followed(actor, course, user_id),
        "form": ContactForm(initial={"student": learner}),
        "warning_on": is_on(course),
        "suggestions": _suggestions(actor, course, entry),
    }
    return render(request, "analytics/learner/show.html", context)


def _suggestions(actor: Actor, course: Course, entry: LearnerHelp) -> list[tuple[Suggestion, str]]:
    """What to do about the reasons of the early warning, with the address where it is done."""
    if entry.warned is None or entry.warned.chance is None:
        return []
    person = learner_of(actor, course, entry.learner.public_id)
    found = suggestions(actor, course, person, entry.warned.reasons)
    return [(one, _door(course, person, one)) for one in found]


def _door(course: Course, person: User, one: Suggestion) -> str:
    if one.door == SupportDoor.WRITE:
        return f"mailto:{person.email}"
    if one.work is not None:
        kind = "quiz" if isinstance(one.work, Quiz) else "assignment"
        address = reverse(f"teach-{kind}-dates", args=[course.slug, one.work.lesson.public_id])
        return f"{address}?{urlencode({'search': person.email})}"
    if one.outcome:
        return reverse("teach-mastery-evidence", args=[course.slug, person.public_id, one.outcome])
    return reverse("teach-mastery-learner", args=[course.slug, person.public_id])


def _course(actor: Actor, slug: str, rule: Rule[Course]) -> Course:
    course = fetch(actor, VIEW_COURSE, slug=slug)
    require(actor, rule, course)
    return course


def _totals(overview: Overview) -> dict[str, Any]:
    return {
        "overview": overview,
        "weekly": charts.weekly(overview.weeks) if overview.weeks else None,
        "funnel": charts.funnel(overview.funnel, overview.learners) if overview.funnel else None,
        "talk": charts_course.talk(overview.weeks),
        "quizzes": [charts.scores(quiz) for quiz in overview.quizzes if quiz.bins],
        "hidden_quizzes": [quiz.title for quiz in overview.quizzes if quiz.bins is None],
    }


def _patterns(found: Patterns | None) -> dict[str, Any]:
    if found is None:
        return {"patterns": None}
    words = figures = ""
    if found.correlation is not None and found.p_value is not None:
        words = correlation_words(found.correlation, found.p_value, found.n)
        figures = f"r = {found.correlation:.2f}, n = {found.n}, {p_words(found.p_value)}"
    return {
        "patterns": found,
        "centres": charts_course.centres(found.clusters),
        "relations": charts_course.relations(found.relations),
        "correlation_words": words,
        "correlation_figures": figures,
    }
