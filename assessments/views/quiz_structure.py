"""The sections of a quiz and its draws from the bank, as pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms.quiz_structure import DrawForm, SectionForm
from assessments.models import Quiz, QuizDraw
from assessments.queries.draws import askable, draw, matching
from assessments.queries.filing import category_tree, outcomes, tags
from assessments.queries.quiz import quiz_of, section
from assessments.rules import EDIT_QUIZ
from assessments.services.quiz_draws import add_draw, update_draw
from assessments.services.quiz_entries import move_entry
from assessments.services.quiz_sections import add_section, remove_section, update_section
from assessments.views.quiz import begun, find_place
from courses.models import Course, Lesson
from courses.rules import EDIT_LESSON
from courses.views.doors import refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of


@require_POST
def create_section(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """A new section at the end."""
    _course, lesson = find_place(request, slug, lesson_id)
    with refusals(request):
        title = request.POST.get("title", "")
        add_section(actor=actor_of(request), quiz=begun(request, lesson), title=title)
        messages.success(request, _("The section is added."))
    return redirect("teach-quiz", slug=slug, lesson_id=lesson_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_section(request: HttpRequest, slug: str, lesson_id: str, section_id: str) -> HttpResponse:
    """Its title, its introduction, its order."""
    course, lesson, quiz = _editable(request, slug, lesson_id)
    row = section(actor_of(request), quiz, section_id)
    initial = {"title": row.title, "introduction": row.introduction, "shuffle": row.shuffle}
    form = SectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            update_section(actor=actor_of(request), section=row, **form.cleaned_data)
            messages.success(request, _("The section is saved."))
            return redirect("teach-quiz", slug=slug, lesson_id=lesson_id)
    context = teach_context(
        request, course, "quizzes", lesson=lesson, quiz=quiz, row=row, form=form
    )
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/quiz/section.html", context, status=status)


@require_POST
def change_section(
    request: HttpRequest, slug: str, lesson_id: str, section_id: str, verb: str
) -> HttpResponse:
    """Move a section with all that is in it, or take it away."""
    _course, _lesson, quiz = _editable(request, slug, lesson_id)
    actor = actor_of(request)
    row = section(actor, quiz, section_id)
    with refusals(request):
        if verb == "remove":
            remove_section(actor=actor, section=row)
            messages.success(request, _("The section is gone; its questions are still here."))
        else:
            by = -1 if verb == "up" else 1
            move_entry(actor=actor, quiz=quiz, public_id=row.public_id, by=by)
    return redirect("teach-quiz", slug=slug, lesson_id=lesson_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_draw(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Draw questions from the bank in each attempt."""
    course, lesson = find_place(request, slug, lesson_id)
    require(actor_of(request), EDIT_LESSON, lesson)
    quiz = begun(request, lesson) if request.method == "POST" else quiz_of(lesson)
    quiz = quiz or Quiz(lesson=lesson, course=course)
    return _draw_page(request, course, lesson, quiz, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_draw(request: HttpRequest, slug: str, lesson_id: str, draw_id: str) -> HttpResponse:
    """Draw others, more, or fewer."""
    course, lesson, quiz = _editable(request, slug, lesson_id)
    return _draw_page(request, course, lesson, quiz, draw(actor_of(request), quiz, draw_id))


@require_POST
def count_matching(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """How many questions fit what is ticked, said in words."""
    course, lesson = find_place(request, slug, lesson_id)
    require(actor_of(request), EDIT_LESSON, lesson)
    quiz = quiz_of(lesson) or Quiz(lesson=lesson, course=course)
    form = DrawForm(request.POST, **_offered(request, course))
    form.is_valid()
    return render(request, "assessments/quiz/_matching.html", _counted(request, quiz, form))


def _draw_page(
    request: HttpRequest, course: Course, lesson: Lesson, quiz: Quiz, row: QuizDraw | None
) -> HttpResponse:
    initial = {"count": row.count, "points": f"{row.points:f}", **row.narrow} if row else None
    form = DrawForm(request.POST or None, initial=initial, **_offered(request, course))
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            _save(request, quiz, row, form)
            messages.success(request, _("The draw is saved."))
            return redirect("teach-quiz", slug=course.slug, lesson_id=lesson.public_id)
    shown = form
    if request.method != "POST":
        shown = DrawForm(initial or {"count": 5, "points": 1}, **_offered(request, course))
        shown.is_valid()
    context = teach_context(
        request,
        course,
        "quizzes",
        lesson=lesson,
        quiz=quiz,
        row=row,
        form=form,
        section_id=request.GET.get("section", ""),
        **_counted(request, quiz, shown),
    )
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/quiz/draw.html", context, status=status)


def _save(request: HttpRequest, quiz: Quiz, row: QuizDraw | None, form: DrawForm) -> None:
    actor, data = actor_of(request), form.cleaned_data
    wanted: dict[str, Any] = {
        "count": data["count"],
        "points": data["points"],
        "narrow": form.narrow(),
    }
    if row is not None:
        update_draw(actor=actor, draw=row, **wanted)
        return
    named = request.POST.get("section", "")[:22]
    place = section(actor, quiz, named) if named else None
    add_draw(actor=actor, quiz=quiz, section=place, **wanted)


def _counted(request: HttpRequest, quiz: Quiz, form: DrawForm) -> dict[str, Any]:
    """How many questions fit a validated form, and how many it wants."""
    found = matching(actor_of(request), quiz, form.narrow())
    return {"matching": found, "wanted": form.cleaned_data.get("count") or 0}


def _offered(request: HttpRequest, course: Course) -> dict[str, list[tuple[str, str]]]:
    """What questions of the course can be narrowed to."""
    actor = actor_of(request)
    banks = list(askable(course.pk))
    found: dict[str, list[tuple[str, str]]] = {"banks": [], "categories": [], "tags": []}
    for bank in banks:
        nodes, words = category_tree(actor, bank), tags(actor, bank)
        title = f"{bank.title}: " if bank.course_id != course.pk else ""
        found["categories"] += [(one.row.public_id, title + one.words) for one in nodes]
        found["tags"] += [(row.public_id, title + row.name) for row in words]
        if len(banks) > 1:
            found["banks"].append((bank.public_id, bank.title))
    return {**found, "outcomes": [(row.public_id, str(row)) for row in outcomes(actor, course)]}


def _editable(request: HttpRequest, slug: str, lesson_id: str) -> tuple[Course, Lesson, Quiz]:
    course, lesson = find_place(request, slug, lesson_id)
    quiz = quiz_of(lesson)
    if quiz is None:
        raise NotFound
    require(actor_of(request), EDIT_QUIZ, quiz)
    return course, lesson, quiz
