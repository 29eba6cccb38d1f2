"""What deserves another look: made from text that reads differently now, or working poorly."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ai.enums import Bloom, ContentKind, Difficulty, Purpose, QuestionKind, SourceOrigin
from ai.models import ContentPiece, Draft
from ai.queries.content import piece
from ai.queries.draft import draft
from ai.queries.stale import stale_things
from ai.queries.weak import weak_questions
from ai.rules import REVIEW_DRAFT, REVIEW_PIECE
from ai.services.content import ContentWish, request_content
from ai.services.dependence import confirm
from ai.services.generation import Wish, request_questions
from ai.services.routes import Line, connected
from courses.models import Course, Lesson
from courses.rules import STAFF_COURSE, VIEW_LESSON, VIEW_SECTION
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, Throttled
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """What is out of date, by the lesson that was edited, and questions that work poorly."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    context = teach_context(
        request,
        course,
        "ai",
        rows=stale_things(actor, course),
        weak=weak_questions(actor, course),
        connected=bool(connected(Line(actor, Purpose.QUESTIONS, course))),
    )
    return render(request, "ai/stale/index.html", context)


@require_POST
def decide(request: HttpRequest, slug: str, kind: str, thing_id: str) -> HttpResponse:
    """Say that it still holds (`act=confirm`), or have it made anew (`act=again`).

    `act=reword` asks for another question in the place of one that works poorly.
    """
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row: Draft | ContentPiece
    if kind == "question":
        row = draft(actor, thing_id, course=course)
        require(actor, REVIEW_DRAFT, row)
    else:
        row = piece(actor, thing_id, course=course)
        require(actor, REVIEW_PIECE, row)
    with refusals(request):
        act = request.POST.get("act")
        if act == "again" or (act == "reword" and isinstance(row, Draft)):
            _again(request, course, row, reword=act == "reword")
        else:
            confirm(actor=actor, target=row)
            messages.success(request, _("Kept: it counts as up to date again."))
    return redirect("teach-stale", slug=slug)


def _again(
    request: HttpRequest, course: Course, row: Draft | ContentPiece, *, reword: bool
) -> None:
    actor = actor_of(request)
    try:
        if isinstance(row, Draft):
            _question_again(actor, row, reword=reword)
        else:
            _piece_again(actor, course, row)
    except Throttled as problem:
        messages.error(request, problem.detail)
        return
    words = _("It is made anew. Accept the new one and the old one counts no more.")
    messages.success(request, words)


def _question_again(actor: Actor, row: Draft, *, reword: bool) -> None:
    wish = Wish(
        kind=QuestionKind(row.kind),
        count=1,
        difficulty=Difficulty(row.difficulty),
        lesson=row.lesson,
        course=row.course,
        bloom=Bloom(row.bloom or Bloom.REMEMBER),
        outcome=row.outcome,
        replaces=row,
        reword=reword,
    )
    request_questions(actor=actor, wish=wish)


def _piece_again(actor: Actor, course: Course, row: ContentPiece) -> None:
    params = row.job.params if row.job else {}
    wish = ContentWish(
        kind=ContentKind(row.kind),
        course=course,
        into=row.lesson,
        language=params.get("language", ""),
        level=params.get("level", ""),
        replaces=row,
        **_source(actor, course, row),
    )
    request_content(actor=actor, wish=wish)


def _source(actor: Actor, course: Course, row: ContentPiece) -> dict[str, Any]:
    """What a piece was made from, to be read again; a section that is gone is read by its lesson.

    Raises Invalid when it was not made from lessons.
    """
    origin, params = row.source.get("origin"), row.job.params if row.job else {}
    if origin == SourceOrigin.COURSE:
        return {"whole": True}
    if origin == SourceOrigin.SECTION:
        rows = VIEW_SECTION.rows(actor).filter(pk=params.get("section") or 0, course=course)
        section = rows.select_related("course").first()
        if section is not None:
            return {"section": section}
    return {"lesson": _edited(actor, course, row)}


def _edited(actor: Actor, course: Course, row: ContentPiece) -> Lesson:
    """The first lesson that a piece was made from; raises Invalid when there is none."""
    for block in row.source.get("blocks", []):
        if block.get("lesson"):
            found: Lesson = fetch(
                actor, VIEW_LESSON, select=("course",), public_id=block["lesson"], course=course
            )
            return found
    raise Invalid(_("It was not made from a lesson."))
