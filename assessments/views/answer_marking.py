"""Marking by a person: the queue of a quiz, and one answer after the other."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.answer_marking import MarkForm
from assessments.models import Quiz
from assessments.queries.answer_marking import (
    AnswerToMark,
    answer_to_mark,
    questions_by_people,
    queue,
    queue_line,
)
from assessments.queries.quiz import quiz
from assessments.rules import GRADE_ATTEMPT, SEE_RESULTS
from assessments.services.answer_marking import mark_question
from assessments.services.closing import settle_overdue
from courses.models import Course
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 50


@never_cache
@require_safe
def index(request: HttpRequest, slug: str, quiz_id: str) -> HttpResponse:
    """The answers of a quiz that wait, or all that are not released."""
    course, row = _quiz(request, slug, quiz_id)
    actor = actor_of(request)
    settle_overdue(quiz=row)
    everything = request.GET.get("show") == "all"
    asked = request.GET.get("question", "")[:22]
    found = queue(actor, row, question=asked, waiting=not everything)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "quiz": row,
        "lesson": row.lesson,
        "page": page,
        "lines": [queue_line(one) for one in page],
        "everything": everything,
        "asked": asked,
        "questions": questions_by_people(actor, row),
    }
    shown = teach_context(request, course, "results", **context)
    return render(request, "assessments/answer_marking/index.html", shown)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, slug: str, quiz_id: str, part_id: str) -> HttpResponse:
    """One answer with its question and notes, its score and comment."""
    course, row = _quiz(request, slug, quiz_id)
    actor = actor_of(request)
    asked = request.GET.get("question", "")[:22]
    found = answer_to_mark(actor, row, part_id, question=asked)
    form = _form(request, found)
    if request.method == "POST":
        require(actor, GRADE_ATTEMPT, found.part.attempt)
        if form.is_valid():
            with refusals(request, form):
                _save(request, found, form)
                return redirect(_after(request, course, row, found, asked))
    context = {
        "quiz": row,
        "lesson": row.lesson,
        "found": found,
        "form": form,
        "asked": asked,
        "length": _length(found),
        "may_grade": allows(actor, GRADE_ATTEMPT, found.part.attempt),
    }
    shown = teach_context(request, course, "results", **context)
    status = 400 if form.errors else 200
    return render(request, "assessments/answer_marking/mark.html", shown, status=status)


def _form(request: HttpRequest, found: AnswerToMark) -> MarkForm:
    if request.method == "POST":
        return MarkForm(request.POST)
    score = None if found.line.score is None else f"{found.line.score.normalize():f}"
    return MarkForm(initial={"score": score, "comment": found.comment, "seq": found.seq})


def _save(request: HttpRequest, found: AnswerToMark, form: MarkForm) -> None:
    mark_question(
        actor=actor_of(request),
        attempt=found.part.attempt,
        question=found.part,
        score=form.cleaned_data["score"],
        comment=form.cleaned_data["comment"],
        expected=form.cleaned_data["seq"],
    )
    messages.success(request, _("Your mark is kept."))


def _after(request: HttpRequest, course: Course, row: Quiz, found: AnswerToMark, asked: str) -> str:
    """The next answer that waits when asked for it, else this one again; the queue at its end."""
    go_on = request.POST.get("act") == "next"
    target = found.place.next_waiting if go_on else found.line.id
    query = f"?question={asked}" if asked else ""
    if not target or not queue(actor_of(request), row, waiting=False).filter(public_id=target):
        return reverse("teach-answers", args=(course.slug, row.public_id)) + query
    return reverse("teach-answer", args=(course.slug, row.public_id, target)) + query


def _quiz(request: HttpRequest, slug: str, quiz_id: str) -> tuple[Course, Quiz]:
    course = find_course(request, slug, STAFF_COURSE)
    row = quiz(actor_of(request), quiz_id)
    if row.course_id != course.pk:
        raise NotFound
    require(actor_of(request), SEE_RESULTS, row)
    return course, row


def _length(found: AnswerToMark) -> str:
    """Whether a text keeps to its limits: `short`, `long` or nothing."""
    limits = found.sheet.shown.settings
    if found.words < limits.get("min_words", 0):
        return "short"
    return "long" if 0 < limits.get("max_words", 0) < found.words else ""
