"""The forum of a course: its list, a thread, writing. All of it works by forms alone."""

import uuid

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import refusals
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, Throttled
from lms.kernel.rules import allows
from lms.kernel.text import Profile, render_markdown
from lms.kernel.web.middleware import actor_of
from realtime.enums import MAX_POST, ThreadKind, ThreadShow
from realtime.forms.forum import ThreadForm
from realtime.models import ForumPost, ForumThread
from realtime.queries.chat import course_with_room, is_over, may_talk
from realtime.queries.forum import (
    Faces,
    Wish,
    boards_of,
    groups_for,
    may_hide_name,
    threads_of,
)
from realtime.queries.forum_task import progress_of
from realtime.queries.forum_thread import (
    address_of,
    lines_of,
    must_write_first,
    news_of,
    page_of,
    post_in,
    posts_of,
    read_of,
    thread_in,
)
from realtime.rules.forum import SOLVE_THREAD
from realtime.services.forum import NewThread, require_posting, start_thread, write_post
from realtime.services.forum_reading import read_thread

PAGE = 20
NEAR = 2
CHOSEN = ("show", "board", "kind", "q", "ordering")


def forum_context(request: HttpRequest, course: Course) -> dict[str, object]:
    """What every page of a forum needs."""
    actor = actor_of(request)
    staff = allows(actor, STAFF_COURSE, course)
    return {
        "course": course,
        "tab": "discuss",
        "may_open": True,
        "may_staff": staff,
        "may_write": may_talk(actor, course),
        "may_keep": staff and actor.can_write,
        "may_promote": allows(actor, MANAGE_COURSE, course) and actor.can_write,
        "over": is_over(course),
        "max_post": MAX_POST,
        "client_id": uuid.uuid4(),
    }


@require_safe
def forum(request: HttpRequest, slug: str) -> HttpResponse:
    """The threads, filtered by what the address says."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    boards = list(boards_of(actor, course))
    wish = _wish(request)
    try:
        rows = threads_of(actor, course, wish)
    except Invalid:
        return redirect("forum", slug=slug)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    faces = Faces(actor, course)
    context = {
        **forum_context(request, course),
        "boards": boards,
        "board": next((row for row in boards if row.public_id == wish.board), None),
        "wish": wish,
        "page": page,
        "rows": [_row(faces, row) for row in page],
        "shows": [
            one
            for one in ThreadShow.choices
            if one[0] != ThreadShow.DELETED or allows(actor, STAFF_COURSE, course)
        ],
        "filtered": wish != Wish(),
    }
    return render(request, "realtime/forum/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_thread(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a thread."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    require_posting(actor, course)
    boards = list(boards_of(actor, course))
    board = next((row for row in boards if row.public_id == request.GET.get("board")), None)
    form = ThreadForm(
        request.POST or None,
        boards=boards,
        groups=groups_for(actor, course),
        may_hide=may_hide_name(actor, course),
        initial={
            "board": board.public_id if board else "",
            "kind": request.GET.get("kind") or (board.kind if board else ThreadKind.DISCUSSION),
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            new = NewThread(client_id=_client_id(request), **form.cleaned_data)
            post = start_thread(actor=actor, course=course, new=new).post
            return redirect("forum-thread", slug=slug, thread_id=post.thread.public_id)
    context = {**forum_context(request, course), "form": form}
    return render(request, "realtime/forum/new.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, slug: str, thread_id: str) -> HttpResponse:
    """A thread with a page of its replies; a POST replies."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = thread_in(actor, course, thread_id)
    kept = ""
    if request.method == "POST":
        answer, kept = _reply(request, course, row)
        if answer is not None:
            return answer
    context = {
        **forum_context(request, course),
        **_thread_context(request, actor, row),
        "kept": kept,
    }
    return render(request, "realtime/forum/thread.html", context, status=400 if kept else 200)


@require_safe
def news(request: HttpRequest, slug: str, thread_id: str) -> HttpResponse:
    """What came since the page was opened, in a line; nothing when nothing did."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = thread_in(actor, course, thread_id)
    after = request.GET.get("after", "")
    seq = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else row.last_seq
    context = {"course": course, "thread": row, "news": news_of(actor, row, seq), "after": seq}
    return render(request, "realtime/forum/_news.html", context)


@require_safe
def post(request: HttpRequest, slug: str, post_id: str) -> HttpResponse:
    """To where a post is read."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    return redirect(address_of(post_in(actor, course, post_id)))


@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """What is being written, as others would read it; nothing is stored."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    require_posting(actor, course)
    html = render_markdown(request.POST.get("body", "")[:MAX_POST], profile=Profile.MESSAGE)
    return render(request, "realtime/forum/_preview.html", {"html": html})


def _wish(request: HttpRequest) -> Wish:
    given = {name: request.GET.get(name, "")[:200] for name in CHOSEN}
    return Wish(
        show=given["show"] or ThreadShow.ALL,
        board=given["board"],
        kind=given["kind"],
        text=given["q"].replace("\0", "").strip(),
        ordering=given["ordering"],
    )


def _row(faces: Faces, row: ForumThread) -> dict[str, object]:
    last = row.last_post
    return {
        "thread": row,
        "face": faces.of(row.author, row.anonymous),
        "last": faces.of(last.author, last.anonymous) if last and row.reply_count else None,
        "unread": row.read_seq < row.last_seq,  # type: ignore[attr-defined]
        "followed": row.followed,  # type: ignore[attr-defined]
    }


def _thread_context(request: HttpRequest, actor: Actor, row: ForumThread) -> dict[str, object]:
    """The thread as it is shown; whoever may write has read it then."""
    course = row.course
    page = page_of(actor, row, request.GET.get("page"), request.GET.get("at", ""))
    first = posts_of(actor, row).get(seq=1)
    read = read_of(actor, row)
    solution = _far_solution(actor, row, list(page))
    lines = lines_of(actor, course, [first, *solution, *page], read or None)
    if actor.can_write and not page.has_next():
        read_thread(actor=actor, thread=row, seq=row.last_seq)
    open_now = row.locked_at is None or allows(actor, STAFF_COURSE, course)
    return {
        "thread": row,
        "page": page,
        "first": lines[0],
        "solution": lines[1] if solution else None,
        "lines": lines[1 + len(solution) :],
        "may_reply": may_talk(actor, course) and open_now and row.deleted_at is None,
        "may_solve": allows(actor, SOLVE_THREAD, row) and row.kind == ThreadKind.QUESTION,
        "may_hide": may_hide_name(actor, course, row),
        "write_first": must_write_first(actor, row),
        "followed": row.follows.filter(user_id=actor.user_id or 0).exists(),
        "progress": progress_of(actor, row) if hasattr(row, "task") else None,
        "boards": list(boards_of(actor, course)),
        "to": request.GET.get("to", "")[:40],
    }


def _far_solution(actor: Actor, row: ForumThread, shown: list[ForumPost]) -> list[ForumPost]:
    """What solved the question, to be quoted above where one does not meet it at once."""
    found = row.solved_post
    if found is None or must_write_first(actor, row):
        return []
    return [] if found in shown[:NEAR] else [found]


def _reply(
    request: HttpRequest, course: Course, row: ForumThread
) -> tuple[HttpResponse | None, str]:
    """The answer to a reply; or the words that were refused, so that they are not lost."""
    body = request.POST.get("body", "")
    try:
        written = write_post(
            actor=actor_of(request),
            thread=row,
            client_id=_client_id(request),
            body=body,
            parent=request.POST.get("parent", ""),
            anonymous=request.POST.get("anonymous") == "on",
        )
    except (Invalid, Conflict, Throttled) as problem:
        flash.error(request, problem.detail)
        return (None, body) if body.strip() else (_thread_page(course, row), "")
    return redirect(address_of(written.post)), ""


def _thread_page(course: Course, row: ForumThread) -> HttpResponse:
    return redirect("forum-thread", slug=course.slug, thread_id=row.public_id)


def _client_id(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid.uuid4()
