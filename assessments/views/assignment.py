"""Writing assignments: the list, the settings, publishing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.assignment import AssignmentForm
from assessments.models import Assignment
from assessments.queries.assignment import assignment_lessons, assignment_of
from assessments.queries.rubric import rubrics
from assessments.services import assignment as services
from courses.models import Course, Lesson
from courses.rules import EDIT_LESSON, STAFF_COURSE, VIEW_LESSON
from courses.services.lesson import publish_lesson
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The assignments of a course, what came in and what waits."""
    course = find_course(request, slug, STAFF_COURSE)
    lines = [
        {"lesson": lesson, "assignment": getattr(lesson, "assignment", None)}
        for lesson in assignment_lessons(actor_of(request), course)
    ]
    context = teach_context(request, course, "assignments", lines=lines)
    return render(request, "assessments/assignment/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """One assignment; a post changes its settings."""
    course, lesson = find_assignment(request, slug, lesson_id)
    row = assignment_of(lesson)
    now = services.assignment_settings_of(row) if row else services.AssignmentSettings()
    initial = AssignmentForm.initial_of(now, row.version if row else None)
    offered = list(rubrics(actor_of(request), course=course))
    form = AssignmentForm(request.POST or None, initial=initial, rubrics=offered)
    if request.method == "POST":
        row = _begun(request, lesson)
        if form.is_valid():
            with refusals(request, form):
                services.update_assignment(
                    actor=actor_of(request),
                    assignment=row,
                    settings=form.settings(),
                    expected=form.cleaned_data["version"],
                )
                messages.success(request, _("The assignment is saved."))
                return redirect("teach-assignment", slug=slug, lesson_id=lesson_id)
    context = teach_context(
        request, course, "assignments", lesson=lesson, assignment=row, form=form
    )
    status = 400 if form.errors else 200
    return render(request, "assessments/assignment/edit.html", context, status=status)


@require_POST
def change(request: HttpRequest, slug: str, lesson_id: str, verb: str) -> HttpResponse:
    """Publish, take back, or judge by the rubric's newest version."""
    _course, lesson = find_assignment(request, slug, lesson_id)
    actor = actor_of(request)
    row = _begun(request, lesson)
    with refusals(request):
        if verb == "publish":
            services.publish_assignment(actor=actor, assignment=row)
            if not lesson.published:
                publish_lesson(actor=actor, lesson=lesson)
            messages.success(request, _("The assignment is open to learners."))
        elif verb == "follow":
            services.follow_rubric(actor=actor, assignment=row)
            messages.success(request, _("It is judged by the newest version now."))
        else:
            services.unpublish_assignment(actor=actor, assignment=row)
            messages.success(request, _("The assignment is a draft again."))
    return redirect("teach-assignment", slug=slug, lesson_id=lesson_id)


def find_assignment(request: HttpRequest, slug: str, lesson_id: str) -> tuple[Course, Lesson]:
    """A lesson of kind assignment in a course one staffs; raises NotFound."""
    course = find_course(request, slug, STAFF_COURSE)
    select = ("section", "course")
    lesson = fetch(
        actor_of(request), VIEW_LESSON, select=select, public_id=lesson_id, course=course
    )
    if lesson.kind != "assignment":
        raise NotFound
    return course, lesson


def _begun(request: HttpRequest, lesson: Lesson) -> Assignment:
    require(actor_of(request), EDIT_LESSON, lesson)
    return services.create_assignment(actor=actor_of(request), lesson=lesson)
