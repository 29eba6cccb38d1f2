"""The outline editor: sections and lessons, by drag and by buttons."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.enums import LessonKind
from courses.forms.outline import NewLessonForm, OrderForm, SectionForm
from courses.models import Course, Lesson, Section
from courses.queries.teaching import builder_outline
from courses.rules import MANAGE_COURSE, STAFF_COURSE, VIEW_LESSON, VIEW_SECTION
from courses.services import lesson as lessons
from courses.services import outline
from courses.views.doors import find_course, is_partial, refusals
from lms.kernel.rules import allows, fetch
from lms.kernel.web import flash
from lms.kernel.web.middleware import actor_of


def teach_context(request: HttpRequest, course: Course, tab: str, **more: Any) -> dict[str, Any]:
    """What the frame around a page of teaching needs; `tab` names the current one."""
    may_manage = allows(actor_of(request), MANAGE_COURSE, course)
    return {"course": course, "tab": tab, "may_manage": may_manage, **more}


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Sections with their lessons; assistants read, instructors edit."""
    course = find_course(request, slug, STAFF_COURSE)
    return _page(request, course)


def _page(request: HttpRequest, course: Course, status: int = 200, **more: Any) -> HttpResponse:
    context = teach_context(
        request,
        course,
        "outline",
        sections=builder_outline(course),
        kinds=LessonKind.choices,
        new_section=SectionForm(),
        **more,
    )
    name = "_outline" if is_partial(request) else "index"
    return render(request, f"courses/outline/{name}.html", context, status=status)


def _back(request: HttpRequest, course: Course) -> HttpResponse:
    """Post/Redirect/Get; to htmx the outline as it is now."""
    if is_partial(request):
        return _page(request, course)
    return redirect("teach-course", slug=course.slug)


@require_POST
def add_section(request: HttpRequest, slug: str) -> HttpResponse:
    """A section at the end."""
    course = find_course(request, slug, STAFF_COURSE)
    form = SectionForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            outline.add_section(
                actor=actor_of(request), course=course, title=form.cleaned_data["title"]
            )
    _tell_errors(request, form)
    return _back(request, course)


@require_POST
def change_section(request: HttpRequest, slug: str, section_id: str, verb: str) -> HttpResponse:
    """Rename, move, delete or restore a section."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    section = fetch(actor, VIEW_SECTION, select=("course",), public_id=section_id, course=course)
    with refusals(request):
        if verb == "rename":
            title = request.POST.get("title", "")
            outline.rename_section(actor=actor, section=section, title=title)
        elif verb == "delete":
            outline.delete_section(actor=actor, section=section)
            _offer_undo(request, course, section)
        elif verb == "restore":
            outline.restore_section(actor=actor, section=section)
        else:
            direction: outline.Direction = "up" if verb == "up" else "down"
            outline.move_section(actor=actor, section=section, direction=direction)
    return _back(request, course)


@require_POST
def add_lesson(request: HttpRequest, slug: str, section_id: str) -> HttpResponse:
    """A lesson at the end of a section; its editor opens."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    section = fetch(actor, VIEW_SECTION, select=("course",), public_id=section_id, course=course)
    form = NewLessonForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            made = outline.add_lesson(actor=actor, section=section, **form.cleaned_data)
            return redirect("teach-lesson", slug=slug, lesson_id=made.public_id)
    _tell_errors(request, form)
    return _back(request, course)


@require_POST
def change_lesson(request: HttpRequest, slug: str, lesson_id: str, verb: str) -> HttpResponse:
    """Move, publish, hide, delete or restore a lesson."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    lesson = fetch(
        actor, VIEW_LESSON, select=("course", "section"), public_id=lesson_id, course=course
    )
    with refusals(request):
        if verb == "publish":
            lessons.publish_lesson(actor=actor, lesson=lesson)
        elif verb == "hide":
            lessons.hide_lesson(actor=actor, lesson=lesson)
        elif verb == "delete":
            outline.delete_lesson(actor=actor, lesson=lesson)
            _offer_undo(request, course, lesson)
        elif verb == "restore":
            outline.restore_lesson(actor=actor, lesson=lesson)
        else:
            direction: outline.Direction = "up" if verb == "up" else "down"
            outline.move_lesson(actor=actor, lesson=lesson, direction=direction)
    return _back(request, course)


@require_POST
def reorder(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole outline in the order that was dragged; 409 when it changed meanwhile."""
    course = find_course(request, slug, STAFF_COURSE)
    outline.reorder(actor=actor_of(request), course=course, order=OrderForm(request.POST).pairs())
    return HttpResponse(status=204)


def _offer_undo(request: HttpRequest, course: Course, thing: Section | Lesson) -> None:
    kind = "section" if isinstance(thing, Section) else "lesson"
    undo = reverse(f"teach-{kind}-change", args=[course.slug, thing.public_id, "restore"])
    flash.undoable(request, _("“%(title)s” was deleted.") % {"title": thing.title}, undo)


def _tell_errors(request: HttpRequest, form: SectionForm | NewLessonForm) -> None:
    for problems in form.errors.values():
        for problem in problems:
            messages.error(request, str(problem))
