"""Who has which dates at a quiz, and giving people and groups other ones."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.override import OverrideForm
from assessments.models import DateOverride, Quiz
from assessments.queries.dates import (
    dates_of,
    dates_of_learners,
    learner_rows,
    override,
    overrides,
)
from assessments.queries.quiz import quiz_of
from assessments.rules import EDIT_QUIZ
from assessments.services.override import remove_override, set_override
from assessments.views.quiz import find_place
from courses.models import Course, Lesson
from courses.queries.group import group, groups, learners_by_id, learners_of
from courses.views.doors import refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 50


@never_cache
@require_safe
def index(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """The dates of each learner, and what was set for groups and people."""
    course, lesson, quiz = _place(request, slug, lesson_id)
    actor = actor_of(request)
    search = request.GET.get("search", "")[:200].strip()
    page = Paginator(learner_rows(actor, quiz, search=search), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = teach_context(
        request,
        course,
        "quizzes",
        lesson=lesson,
        quiz=quiz,
        page=page,
        search=search,
        lines=dates_of_learners(quiz, list(page)),
        overrides=list(overrides(actor, quiz)),
        dates=dates_of(quiz),
    )
    return render(request, "assessments/dates/index.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Give a learner or a group other dates."""
    return _edit(request, slug, lesson_id, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, lesson_id: str, override_id: str) -> HttpResponse:
    """Change what was set."""
    return _edit(request, slug, lesson_id, override_id)


@require_POST
def remove(request: HttpRequest, slug: str, lesson_id: str, override_id: str) -> HttpResponse:
    """Take it back."""
    _course, _lesson, quiz = _place(request, slug, lesson_id)
    actor = actor_of(request)
    require(actor, EDIT_QUIZ, quiz)
    remove_override(actor=actor, override=override(actor, quiz, override_id))
    messages.success(request, _("The usual dates hold again."))
    return redirect("teach-quiz-dates", slug=slug, lesson_id=lesson_id)


def _edit(request: HttpRequest, slug: str, lesson_id: str, override_id: str | None) -> HttpResponse:
    course, lesson, quiz = _place(request, slug, lesson_id)
    actor = actor_of(request)
    require(actor, EDIT_QUIZ, quiz)
    row = override(actor, quiz, override_id) if override_id else None
    choices = [(_whose(row), _name(row))] if row else _choices(request, course)
    initial = OverrideForm.initial_of(row, _whose(row)) if row else None
    form = OverrideForm(request.POST or None, choices=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            _save(request, quiz, form)
            return redirect("teach-quiz-dates", slug=slug, lesson_id=lesson_id)
    context = teach_context(
        request,
        course,
        "quizzes",
        lesson=lesson,
        quiz=quiz,
        form=form,
        row=row,
        dates=dates_of(quiz),
    )
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/dates/edit.html", context, status=status)


def _save(request: HttpRequest, quiz: Quiz, form: OverrideForm) -> None:
    actor = actor_of(request)
    kind, _colon, public_id = form.cleaned_data["whose"].partition(":")
    whose: dict[str, Any] = (
        {"group": group(actor, public_id, course=quiz.course)}
        if kind == "group"
        else {"person": learners_by_id(actor, quiz.course, [public_id])[0]}
    )
    set_override(actor=actor, quiz=quiz, change=form.change(), **whose)
    messages.success(request, _("The dates are saved. Open attempts get more time at once."))


def _place(request: HttpRequest, slug: str, lesson_id: str) -> tuple[Course, Lesson, Quiz]:
    course, lesson = find_place(request, slug, lesson_id)
    quiz = quiz_of(lesson)
    if quiz is None:
        raise NotFound
    return course, lesson, quiz


def _choices(request: HttpRequest, course: Course) -> list[tuple[str, Any]]:
    grouped = [
        (f"group:{row.public_id}", row.name) for row in groups(actor_of(request), course=course)
    ]
    people = [(f"person:{row.public_id}", row.display_name) for row in learners_of(course.pk)]
    return [("", _("Choose")), (_("Groups"), grouped), (_("Learners"), people)]


def _whose(row: DateOverride) -> str:
    if row.group is not None:
        return f"group:{row.group.public_id}"
    return f"person:{row.person.public_id}" if row.person else ""


def _name(row: DateOverride) -> str:
    return row.group.name if row.group else row.person.display_name if row.person else ""
