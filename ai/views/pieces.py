"""Pieces beside the text they would change: accept, reject, take back, one by one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ai.enums import ContentKind
from ai.models import ContentPiece
from ai.queries.content import (
    accepted_pieces,
    current_texts,
    lesson_job,
    lesson_pieces,
    piece,
)
from ai.queries.stale import stale_pieces_in
from ai.rules import REVIEW_PIECE
from ai.services.pieces import accept_piece, reject_piece, standing, undo_piece
from courses.models import Course, Lesson
from courses.rules import EDIT_LESSON, MANAGE_COURSE, STAFF_COURSE, VIEW_LESSON
from courses.views.doors import find_course, refusals
from courses.views.lesson import keep_typed
from lms.kernel.actors import Actor
from lms.kernel.rules import allows, fetch, require
from lms.kernel.text import render_markdown
from lms.kernel.web.middleware import actor_of


@dataclass(frozen=True, slots=True)
class Card:
    """A piece as it is shown: its words rendered and cleaned.

    `old` are those of an older piece that it would replace; empty where they are not there as
    they were, so that it would stand beside them.
    """

    row: ContentPiece
    html: SafeString
    old: SafeString
    stale: bool = False

    @property
    def is_outline(self) -> bool:
        """Whether it becomes a section instead of text."""
        return self.row.kind == ContentKind.OUTLINE


def cards_of(rows: list[ContentPiece], stale: frozenset[int] = frozenset()) -> list[Card]:
    """Pieces with their HTML; one query more where some were made anew."""
    anew = {row.lesson_id for row in rows if row.replaces is not None and row.lesson_id}
    texts = current_texts(anew)
    return [
        Card(
            row,
            render_markdown(row.markdown),
            render_markdown(standing(row.replaces, row.lesson_id, texts.get(row.lesson_id or 0))),
            row.pk in stale,
        )
        for row in rows
    ]


@require_safe
def panel(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """What waits in a lesson: asked for again while a job adds to it."""
    course = find_course(request, slug, STAFF_COURSE)
    lesson = fetch(
        actor_of(request), VIEW_LESSON, select=("course",), public_id=lesson_id, course=course
    )
    context = panel_context(actor_of(request), course, lesson)
    return render(request, "ai/pieces/_panel.html", context)


def panel_context(actor: Actor, course: Course, lesson: Lesson) -> dict[str, object]:
    """What the panel in the lesson editor shows."""
    stale = frozenset(stale_pieces_in(lesson))
    return {
        "course": course,
        "lesson": lesson,
        "cards": cards_of(lesson_pieces(actor, lesson)),
        "accepted": cards_of(accepted_pieces(actor, lesson), stale),
        "job": lesson_job(lesson),
        "may_manage": allows(actor, MANAGE_COURSE, course),
        "in_editor": True,
    }


@require_POST
def decide(request: HttpRequest, slug: str, piece_id: str) -> HttpResponse:
    """Accept, reject or take back one piece (`act`).

    From the lesson editor the text that was typed comes along and is saved first; when somebody
    else changed the lesson meanwhile the editor says so, and nothing is lost or accepted.
    """
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = piece(actor, piece_id, course=course)
    require(actor, REVIEW_PIECE, row)
    act = request.POST.get("act", "").partition(":")[0]
    typed = row.lesson is not None and "markdown" in request.POST
    if typed and row.lesson is not None and allows(actor, EDIT_LESSON, row.lesson):
        refused = keep_typed(request, row.lesson)
        if refused is not None:
            return refused
    with refusals(request):
        _decided(request, course, row, act)
    return redirect(_back(request, course, row))


def _decided(request: HttpRequest, course: Course, row: ContentPiece, act: str) -> None:
    actor = actor_of(request)
    if act == "accept":
        accept_piece(actor=actor, piece=row, lesson=_target(request, course, row))
        done = _("Added to the course.") if row.kind == ContentKind.OUTLINE else _("Accepted.")
        messages.success(request, f"{done} {_('Learners see nothing of it before you publish.')}")
    elif act == "undo":
        undo_piece(actor=actor, piece=row)
        messages.success(request, _("Taken back. It waits for your decision again."))
    else:
        reject_piece(actor=actor, piece=row)
        messages.success(request, _("Rejected."))


def _target(request: HttpRequest, course: Course, row: ContentPiece) -> Lesson | None:
    wished = request.POST.get("lesson", "")[:22]
    if row.lesson is not None or not wished:
        return None
    actor = actor_of(request)
    lesson = fetch(actor, VIEW_LESSON, select=("course",), public_id=wished, course=course)
    require(actor, EDIT_LESSON, lesson)
    return lesson


def _back(request: HttpRequest, course: Course, row: ContentPiece) -> str:
    """The page the decision was made on: the editor, or the job's pieces."""
    if "markdown" in request.POST and row.lesson is not None:
        home = reverse("teach-lesson", args=[course.slug, row.lesson.public_id])
        return f"{home}#pieces"
    if row.job is not None:
        job = reverse("teach-content-job", args=[course.slug, row.job.public_id])
        return f"{job}#piece-{row.public_id}"
    return reverse("teach-content", args=[course.slug])
