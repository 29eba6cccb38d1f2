"""The player: one item of a course between its outline and the panes of other apps."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from courses.models import Course, Lesson
from courses.queries.contents import contents_of, own_enrolment, reading_of, where_to_go_on
from courses.rules import LEARN_COURSE, OPEN_COURSE, STAFF_COURSE, VIEW_LESSON
from courses.services.progress import complete_lesson, open_lesson, record_progress
from courses.views.doors import find_course, refusals
from lms.kernel.errors import Invalid
from lms.kernel.rules import allows, fetch
from lms.kernel.web.middleware import actor_of


def _lesson(request: HttpRequest, course: Course, item: str) -> Lesson:
    return fetch(
        actor_of(request), VIEW_LESSON, select=("section", "course"), public_id=item, course=course
    )


@require_safe
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Go to the item where the person stopped, or to the first that is not done."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    item = where_to_go_on(actor, course, own_enrolment(actor, course))
    if item is None:
        return render(request, "courses/player/empty.html", {"course": course})
    return redirect("learn", slug=slug, item=item.id)


@require_safe
def learn(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """One item. A learner's visit is noted as the place to resume."""
    course = find_course(request, slug)
    lesson = _lesson(request, course, item)
    actor = actor_of(request)
    learns = allows(actor, LEARN_COURSE, course) and lesson.published
    progress = open_lesson(actor=actor, lesson=lesson) if learns else None
    context = {"learns": learns, "progress": progress, **_surroundings(request, course, lesson)}
    return render(request, "courses/player/item.html", context)


def _surroundings(request: HttpRequest, course: Course, lesson: Lesson) -> dict[str, Any]:
    actor = actor_of(request)
    contents = contents_of(actor, course)
    before, after = contents.around(lesson.public_id)
    staff = allows(actor, STAFF_COURSE, course)
    return {
        "course": course,
        "lesson": lesson,
        "contents": contents,
        "current": next((i for i in contents.items if i.id == lesson.public_id), None),
        "part": contents.part_of(lesson.public_id),
        "before": before,
        "after": after,
        "reading": reading_of(lesson, draft=staff),
        "enrolment": own_enrolment(actor, course),
        "may_open": allows(actor, OPEN_COURSE, course),
        "may_staff": staff,
    }


@require_POST
def finish(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Mark an item as done and go on to the next; after the last one, to the course page."""
    course = find_course(request, slug)
    lesson = _lesson(request, course, item)
    with refusals(request):
        complete_lesson(actor=actor_of(request), lesson=lesson)
    _before, after = contents_of(actor_of(request), course).around(item)
    if after is None:
        return redirect("course", slug=slug)
    return redirect("learn", slug=slug, item=after.id)


@require_POST
def ping(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Add the seconds since the last ping; sent by `static/js/progress.js` every 20 seconds."""
    course = find_course(request, slug)
    lesson = _lesson(request, course, item)
    row = record_progress(
        actor=actor_of(request),
        lesson=lesson,
        seconds=_number(request, "seconds") or 0,
        position=_number(request, "position"),
    )
    return JsonResponse({"seconds": row.seconds, "position": row.position})


def _number(request: HttpRequest, name: str) -> int | None:
    given = request.POST.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit()):
        raise Invalid("This is not a whole number.", field=name)
    return int(given[:9])
