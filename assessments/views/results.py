"""Results for staff: per course, per quiz, per attempt with its log."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments.enums import AttemptState
from assessments.forms.quiz import ExtendForm, OverrideForm
from assessments.models import Attempt, Quiz
from assessments.queries.answer_marking import (
    is_marked_by_people,
    waiting_lines,
    waits_for_people,
)
from assessments.queries.attempt import (
    RESULT_ORDERINGS,
    part,
    recent_results,
    results,
    sheet,
)
from assessments.queries.attempt import attempt as find_attempt
from assessments.queries.code import BY_JOB
from assessments.queries.draws import asked_questions
from assessments.queries.log_words import log_lines
from assessments.queries.quiz import asked_question, quiz
from assessments.queries.results import quiz_lines
from assessments.queries.review import review
from assessments.rules import EDIT_QUIZ, GRADE_ATTEMPT, SEE_RESULTS
from assessments.scoring.review import policy_from
from assessments.services.attempt import extend_attempt
from assessments.services.closing import settle, settle_overdue
from assessments.services.grading import override_score, regrade_question
from assessments.services.result_export import write_results
from courses.models import Course
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 30


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Every quiz with its numbers, and who handed in last."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    lines, recent = quiz_lines(actor, course), recent_results(actor, course)
    context = teach_context(request, course, "results", lines=lines, recent=recent)
    return render(request, "assessments/results/index.html", context)


@require_safe
def of_quiz(request: HttpRequest, slug: str, quiz_id: str) -> HttpResponse:
    """Everybody's attempts at one quiz."""
    course, row = _quiz(request, slug, quiz_id)
    actor = actor_of(request)
    settle_overdue(quiz=row)
    narrow = _narrow(request)
    asked = list(asked_questions(actor, row))
    page = Paginator(results(actor, row, **narrow), PAGE_SIZE).get_page(request.GET.get("page"))
    context = teach_context(
        request,
        course,
        "results",
        quiz=row,
        lesson=row.lesson,
        page=page,
        narrow=narrow,
        states=AttemptState.choices,
        may_edit=allows(actor, EDIT_QUIZ, row),
        holds_back=not policy_from(row.review).tells_score_at_once,
        questions=asked,
        by_people=any(is_marked_by_people(one.kind) for one in asked),
        waiting=sum(line.waiting for line in waiting_lines(actor, course) if line.quiz == row),
    )
    return render(request, "assessments/results/quiz.html", context)


@require_safe
def export(request: HttpRequest, slug: str, quiz_id: str) -> HttpResponse:
    """The same list as a CSV (C7)."""
    _course, row = _quiz(request, slug, quiz_id)
    text = write_results(actor=actor_of(request), quiz=row, **_narrow(request))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="results-{row.public_id}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def regrade(request: HttpRequest, slug: str, quiz_id: str) -> HttpResponse:
    """Score a question again for everybody, with its latest key."""
    _course, row = _quiz(request, slug, quiz_id)
    actor = actor_of(request)
    require(actor, EDIT_QUIZ, row)
    asked = asked_question(actor, row, request.POST.get("question", "")[:22])
    with refusals(request):
        count = regrade_question(actor=actor, quiz=row, question=asked)
        words = ngettext("%(n)s score changed.", "%(n)s scores changed.", count)
        if asked.kind in BY_JOB:
            words = _("The programs run again. Scores change when that is done.")
        messages.success(request, words % {"n": count})
    return redirect("teach-quiz-results", slug=slug, quiz_id=quiz_id)


@never_cache
@require_safe
def attempt(request: HttpRequest, slug: str, attempt_id: str) -> HttpResponse:
    """One attempt with its log, and the score by hand."""
    course, row = _attempt(request, slug, attempt_id)
    return _page(request, course, row)


@require_POST
def override(request: HttpRequest, slug: str, attempt_id: str) -> HttpResponse:
    """Set the score of a question, or of the whole attempt."""
    course, row = _attempt(request, slug, attempt_id)
    require(actor_of(request), GRADE_ATTEMPT, row)
    form = OverrideForm(request.POST)
    named = request.POST.get("question", "")[:22]
    one = part(row, named) if named else None
    if form.is_valid():
        with refusals(request, form):
            override_score(actor=actor_of(request), attempt=row, question=one, **form.cleaned_data)
            messages.success(request, _("The score is changed and the reason kept."))
            return redirect("teach-attempt", slug=slug, attempt_id=attempt_id)
    return _page(request, course, row, 400, refused=form, refused_for=named)


@require_POST
def extend(request: HttpRequest, slug: str, attempt_id: str) -> HttpResponse:
    """Give more time."""
    course, row = _attempt(request, slug, attempt_id)
    require(actor_of(request), GRADE_ATTEMPT, row)
    form = ExtendForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            extend_attempt(actor=actor_of(request), attempt=row, **form.cleaned_data)
            messages.success(request, _("The learner has more time."))
            return redirect("teach-attempt", slug=slug, attempt_id=attempt_id)
    return _page(request, course, row, 400, extend=form)


def _quiz(request: HttpRequest, slug: str, quiz_id: str) -> tuple[Course, Quiz]:
    course = find_course(request, slug, STAFF_COURSE)
    row = quiz(actor_of(request), quiz_id)
    if row.course_id != course.pk:
        raise NotFound
    require(actor_of(request), SEE_RESULTS, row)
    return course, row


def _attempt(request: HttpRequest, slug: str, attempt_id: str) -> tuple[Course, Attempt]:
    course = find_course(request, slug, STAFF_COURSE)
    row = find_attempt(actor_of(request), attempt_id, course=course)
    settle(row)
    return course, find_attempt(actor_of(request), attempt_id, course=course)


def _narrow(request: HttpRequest) -> dict[str, str]:
    state, ordering = request.GET.get("state", ""), request.GET.get("ordering", "newest")
    return {
        "state": state if state in AttemptState.values else "",
        "ordering": ordering if ordering in RESULT_ORDERINGS else "newest",
        "search": request.GET.get("search", "")[:200].strip(),
    }


def _page(
    request: HttpRequest, course: Course, row: Attempt, status: int = 200, **more: Any
) -> HttpResponse:
    actor = actor_of(request)
    is_open = row.state == AttemptState.OPEN
    context = {
        "attempt": row,
        "quiz": row.quiz,
        "lesson": row.quiz.lesson,
        "sheet": sheet(actor, row),
        "review": None if is_open else review(actor, row),
        "for_people": waits_for_people(row),
        "log": log_lines(actor, row),
        "may_grade": allows(actor, GRADE_ATTEMPT, row),
        "extend": ExtendForm(),
        "override": OverrideForm(),
        **more,
    }
    page = teach_context(request, course, "results", **context)
    return render(request, "assessments/results/attempt.html", page, status=status)
