"""The desk of a forum for the people who teach: reports, boards, graded discussions, export."""

from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as flash
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Invalid
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of
from realtime.api.forum_export import forum_export
from realtime.enums import ThreadKind
from realtime.forms.forum import BoardForm, TaskForm
from realtime.models import ForumTask, ForumThread
from realtime.queries.chat import course_with_room
from realtime.queries.forum import boards_of, forum_of
from realtime.queries.forum_task import graded_learner, graded_threads, marks_of, task_of
from realtime.queries.forum_thread import lines_of, post_in, reported_posts, thread_in
from realtime.rules.forum import GRADE_THREAD, KEEP_POST, VIEW_BOARD, VIEW_MARKS
from realtime.services.forum_keeping import (
    add_board,
    change_board,
    delete_board,
    order_boards,
    set_forum,
    settle_post,
)
from realtime.services.forum_task import TaskWish, drop_task, mark_learner, set_task

MOST_REPORTED = 50
MOST_GRADED = 50


@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, the boards, how the forum works."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    reported = list(reported_posts(actor, course)[:MOST_REPORTED])
    context = teach_context(
        request,
        course,
        "discuss",
        lines=lines_of(actor, course, reported),
        boards=list(boards_of(actor, course)),
        graded=list(graded_threads(actor, course)[:MOST_GRADED]),
        forum=forum_of(course),
        kinds=ThreadKind.choices,
    )
    return render(request, "realtime/forum/desk.html", context)


@require_POST
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose how the forum works."""
    course = find_course(request, slug, ASSIST_COURSE)
    set_forum(
        actor=actor_of(request),
        course=course,
        anonymous_allowed=request.POST.get("anonymous_allowed") == "on",
    )
    flash.success(request, _("Saved."))
    return redirect("teach-forum", slug=slug)


@require_POST
def boards(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a board."""
    course = find_course(request, slug, ASSIST_COURSE)
    form = BoardForm(request.POST)
    if form.is_valid():
        with refusals(request):
            add_board(actor=actor_of(request), course=course, **form.cleaned_data)
            flash.success(request, _("The board is there."))
    else:
        flash.error(request, _("Give it a title."))
    return redirect("teach-forum", slug=slug)


@require_POST
def board(request: HttpRequest, slug: str, board_id: str) -> HttpResponse:
    """Change, move or remove a board."""
    course = find_course(request, slug, ASSIST_COURSE)
    actor, verb = actor_of(request), request.POST.get("act", "save")
    row = fetch(actor, VIEW_BOARD, select=("course",), public_id=board_id, course=course)
    with refusals(request):
        if verb == "delete":
            delete_board(actor=actor, board=row)
            flash.success(request, _("The board is removed."))
        elif verb in {"up", "down"}:
            ids = [one.public_id for one in boards_of(actor, course)]
            place = ids.index(row.public_id)
            to = min(max(place + (1 if verb == "down" else -1), 0), len(ids) - 1)
            ids.insert(to, ids.pop(place))
            order_boards(actor=actor, course=course, ids=ids)
        else:
            form = BoardForm(request.POST)
            if not form.is_valid():
                raise Invalid(_("Give it a title."), field="title")
            change_board(actor=actor, board=row, **form.cleaned_data)
            flash.success(request, _("Saved."))
    return redirect("teach-forum", slug=slug)


@require_POST
def reports(request: HttpRequest, slug: str, post_id: str) -> HttpResponse:
    """Close the reports of a post, with or without taking it away."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = post_in(actor, course, post_id)
    require(actor, KEEP_POST, row)
    remove = request.POST.get("act") == "remove"
    with refusals(request):
        settle_post(
            actor=actor, post=row, remove=remove, reason=request.POST.get("reason", "")[:300]
        )
        words = _("The post was taken away.") if remove else _("Closed; the post stays.")
        flash.success(request, words)
    return redirect("teach-forum", slug=slug)


@require_safe
def export(request: HttpRequest, slug: str) -> FileResponse:
    """Everything written in the forum as a file."""
    course = find_course(request, slug, STAFF_COURSE)
    return forum_export(actor_of(request), course, request.GET.get("as", "csv"))


@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, slug: str, thread_id: str) -> HttpResponse:
    """Grade a thread, or ask for something else in it, or grade it no longer."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = thread_in(actor, course, thread_id)
    require(actor, GRADE_THREAD, row)
    known = task_of(row)
    form = TaskForm(request.POST or None, initial=_given(row, known))
    if request.method == "POST" and request.POST.get("act") == "drop":
        drop_task(actor=actor, thread=row)
        flash.success(request, _("This discussion is graded no longer."))
        return redirect("forum-thread", slug=slug, thread_id=thread_id)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            set_task(actor=actor, thread=row, wish=TaskWish(**form.cleaned_data))
            flash.success(request, _("Saved. Its column is in the gradebook."))
            return redirect("teach-forum-marks", slug=slug, thread_id=thread_id)
    context = teach_context(request, course, "discuss", thread=row, form=form, task=known)
    status = 400 if form.errors else 200
    return render(request, "realtime/forum/task.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def marks(request: HttpRequest, slug: str, thread_id: str) -> HttpResponse:
    """Each learner's posts in a graded discussion; a POST gives one learner their points."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = thread_in(actor, course, thread_id)
    require(actor, VIEW_MARKS, row)
    if task_of(row) is None:
        raise Http404
    if request.method == "POST":
        # Back to where one was: fifty learners are marked one after another.
        back = {"page": request.GET.get("page", "1")[:6]}
        place = ""
        with refusals(request):
            back["saved"] = _mark(request, row)
            place = f"#s-{back['saved']}"
        return redirect(f"{request.path}?{urlencode(back)}{place}")
    page, known = marks_of(actor, row, request.GET.get("page"))
    silent = [one for one in page.object_list if not one.posts]
    told: dict[str, Any] = {"thread": row, "page": page, "task": known, "silent": silent}
    told["saved"] = request.GET.get("saved", "")
    context = teach_context(request, course, "discuss", **told)
    return render(request, "realtime/forum/marks.html", context)


def _mark(request: HttpRequest, row: ForumThread) -> str:
    """Give the points of a form; the id of whose they are."""
    learner = graded_learner(row, request.POST.get("learner", ""))
    try:
        score = Decimal(request.POST.get("score", "").replace(",", ".").strip()[:20])
    except InvalidOperation:
        raise Invalid(_("Give a number of points."), field="score") from None
    if not score.is_finite():
        raise Invalid(_("Give a number of points."), field="score")
    actor = actor_of(request)
    mark_learner(actor=actor, thread=row, learner=learner, score=score)
    return learner.public_id


def _given(row: ForumThread, known: ForumTask | None) -> dict[str, object]:
    if known is None:
        return {}
    most = known.item.max_score if known.item else None
    return {
        "points": 10 if most is None else f"{most.normalize():f}",
        "due_at": known.due_at,
        "posts_needed": known.posts_needed,
        "replies_needed": known.replies_needed,
        "post_first": row.post_first,
    }
