"""The question bank: find, write, try, revise, retire."""

from itertools import count
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import Difficulty, QuestionKind, QuestionState
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.registry import FORMS
from assessments.models import Question
from assessments.queries.bank import (
    ORDERINGS,
    QuestionFilter,
    course_questions,
    question,
    versions,
)
from assessments.rules import EDIT_QUESTION
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import checked, type_of, with_ids
from assessments.services import bank as services
from assessments.views.bank_filter import filter_of, query_of
from assessments.views.preview import shown, tried
from courses.models import Course
from courses.queries.picture import course_pictures
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.services.attachment import attach_file
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, require
from lms.kernel.web import flash
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 25
SAMPLES = 5
ORDER_WORDS = {
    "newest": gettext_lazy("Newest first"),
    "oldest": gettext_lazy("Oldest first"),
    "text": gettext_lazy("By text"),
    "used": gettext_lazy("Most used first"),
    "changed": gettext_lazy("Last changed first"),
    "points": gettext_lazy("Most points first"),
}
VERBS = {
    "retire": services.retire_question,
    "restore": services.restore_question,
}


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions of a course, narrowed by what stands in the address."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    narrow = filter_of(request)
    page = Paginator(course_questions(actor, course, narrow), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = teach_context(
        request,
        course,
        "bank",
        page=page,
        narrow=narrow,
        query=query_of(narrow),
        kinds=QuestionKind.choices,
        states=QuestionState.choices,
        difficulties=Difficulty.choices,
        orderings=[(name, ORDER_WORDS[name]) for name in ORDERINGS],
        narrowed=narrow != QuestionFilter(state=QuestionState.READY),
        may_add=allows(actor, ASSIST_COURSE, course),
    )
    return render(request, "assessments/bank/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Write a question of one type."""
    course = find_course(request, slug, STAFF_COURSE)
    require(actor_of(request), ASSIST_COURSE, course)
    if kind not in FORMS:
        raise NotFound
    return _edit(request, course, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, question_id: str) -> HttpResponse:
    """Read and try a question; instructors write its next version."""
    course = find_course(request, slug, STAFF_COURSE)
    row = question(actor_of(request), question_id, course=course)
    return _edit(request, course, row.kind, row)


@require_POST
def change(request: HttpRequest, slug: str, question_id: str, verb: str) -> HttpResponse:
    """Retire or restore a question, with a way back."""
    course = find_course(request, slug, STAFF_COURSE)
    row = question(actor_of(request), question_id, course=course)
    with refusals(request):
        VERBS[verb](actor=actor_of(request), question=row)
        back = "restore" if verb == "retire" else "retire"
        words = _("The question is retired.") if verb == "retire" else _("The question is back.")
        path = request.path.removesuffix(f"{verb}/") + f"{back}/"
        flash.undoable(request, words, path)
    return redirect("teach-bank", slug=slug)


@require_POST
def duplicate(request: HttpRequest, slug: str, question_id: str) -> HttpResponse:
    """Copy a question and go on with the copy."""
    course = find_course(request, slug, STAFF_COURSE)
    row = question(actor_of(request), question_id, course=course)
    copy = services.duplicate_question(actor=actor_of(request), question=row)
    messages.success(request, _("This is the copy. Change what you like."))
    return redirect("teach-question", slug=slug, question_id=copy.public_id)


def _edit(request: HttpRequest, course: Course, kind: str, row: Question | None) -> HttpResponse:
    actor = actor_of(request)
    stored = services.version_content(row.latest) if row else None
    form = _form(request, course, kind, row, stored)
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        with refusals(request, form):
            content = _numbered(checked(services.illustrated(course, form.content())))
            if request.POST.get("act") == "save":
                return _save(request, course, row, form, content)
            context = _preview(request, content)
    elif stored is not None and not form.is_bound:
        context = _preview(request, stored)
    context |= {
        "form": form,
        "question": row,
        "kind": QuestionKind(kind),
        "may_edit": row is None or allows(actor, EDIT_QUESTION, row),
        "may_add": allows(actor, ASSIST_COURSE, course),
        "versions": versions(actor, row)[:20] if row else [],
    }
    page = teach_context(request, course, "bank", **context)
    status = 400 if form.errors else 200
    return render(request, "assessments/bank/edit.html", page, status=status)


def _form(
    request: HttpRequest,
    course: Course,
    kind: str,
    row: Question | None,
    stored: QuestionContent | None,
) -> QuestionForm:
    shape = FORMS[kind]
    if request.method == "POST":
        form = shape.posted(_with_picture(request, course))
    else:
        form = shape.opened(stored, row.version if row else None)
    if shape.takes_picture:
        pictures = course_pictures(actor_of(request), course)
        form.offer_pictures([(one.public_id, one.name) for one in pictures])
    return form


def _with_picture(request: HttpRequest, course: Course) -> QueryDict:
    """What was posted; a picture that came along is kept among the course's files and chosen."""
    file = request.FILES.get("picture")
    if file is None:
        return request.POST
    data = request.POST.copy()
    with refusals(request):
        row = attach_file(actor=actor_of(request), course=course, name=str(file.name), content=file)
        data["attachment"] = row.public_id
    return data


def _save(
    request: HttpRequest,
    course: Course,
    row: Question | None,
    form: QuestionForm,
    content: QuestionContent,
) -> HttpResponse:
    actor = actor_of(request)
    if row is None:
        services.create_question(actor=actor, course=course, content=content)
        messages.success(request, _("The question is in the bank."))
    else:
        version = form.cleaned_data["version"]
        services.revise_question(actor=actor, question=row, content=content, expected=version)
        messages.success(request, _("A new version is saved."))
    return redirect("teach-bank", slug=course.slug)


def _numbered(content: QuestionContent) -> QuestionContent:
    fresh = count()
    return with_ids(content, lambda: f"new{next(fresh)}")


def _preview(request: HttpRequest, content: QuestionContent) -> dict[str, Any]:
    """The question as learners see it, and what the tried answer would be worth."""
    samples = type_of(content.kind).samples(content, SAMPLES)
    if request.POST.get("act") != "try":
        return {"preview": shown(content), "samples": samples}
    result = tried(content, request.POST)
    return {"preview": result.sheet, "scored": result.scored, "samples": samples}
