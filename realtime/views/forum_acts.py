"""What one does with threads and posts of a forum by pages and forms."""

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ai.services.faq import MAX_ANSWER, MAX_QUESTION
from courses.models import Course
from courses.views.doors import refusals
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of
from realtime.forms.forum import DeleteForm, PostForm
from realtime.forms.promote import PromoteForm
from realtime.models import ForumPost, ForumThread
from realtime.queries.chat import course_with_room
from realtime.queries.forum_thread import (
    address_of,
    earlier_words,
    lines_of,
    post_in,
    posts_of,
    thread_in,
)
from realtime.queries.mentions import fresh
from realtime.rules.forum import EDIT_POST, KEEP_POST, PROMOTE_POST, USE_POST, VIEW_BOARD
from realtime.services.forum_editing import delete_post, edit_post, mark_helpful, solve_thread
from realtime.services.forum_keeping import (
    lock_thread,
    move_thread,
    pin_thread,
    promote_post,
    report_post,
    restore_thread,
    reveal_author,
)
from realtime.services.forum_reading import follow_board, follow_thread, read_forum
from realtime.views.forum import forum_context


@require_POST
def act_on_forum(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Mark all as read; follow a board or no longer."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    if verb == "read":
        read_forum(actor=actor, course=course)
        flash.success(request, _("Everything is marked as read."))
        return redirect("forum", slug=slug)
    if verb != "follow":
        raise Http404
    board = fetch(
        actor,
        VIEW_BOARD,
        select=("course",),
        public_id=request.POST.get("board", ""),
        course=course,
    )
    on = follow_board(actor=actor, board=board, on=request.POST.get("on") == "1")
    words = _("You will be told of new threads on this board.") if on else _("Followed no longer.")
    flash.success(request, words)
    return redirect(f"{request.path.rpartition('do/')[0]}?board={board.public_id}")


@require_POST
def act_on_thread(request: HttpRequest, slug: str, thread_id: str, verb: str) -> HttpResponse:
    """Follow, pin, lock, move or restore a thread; say that nothing solved it."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = thread_in(actor, course, thread_id)
    on = request.POST.get("on") == "1"
    with refusals(request):
        if verb == "follow":
            follow_thread(actor=actor, thread=row, on=on)
        elif verb == "pin":
            pin_thread(actor=actor, thread=row, on=on)
        elif verb == "lock":
            lock_thread(actor=actor, thread=row, on=on)
        elif verb == "move":
            _move(actor, course, row, request.POST.get("board", ""))
        elif verb == "unsolve":
            solve_thread(actor=actor, thread=row, post=None)
        elif verb == "restore":
            restore_thread(actor=actor, thread=row)
            flash.success(request, _("The thread is back."))
        else:
            raise Http404
    return redirect("forum-thread", slug=slug, thread_id=thread_id)


@require_POST
def act_on_post(request: HttpRequest, slug: str, post_id: str, verb: str) -> HttpResponse:
    """Find a post helpful, say that it solved the question, look who wrote it."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = post_in(actor, course, post_id)
    with refusals(request):
        if verb == "helpful":
            mark_helpful(actor=actor, post=row, on=request.POST.get("on") == "1")
        elif verb == "solve":
            solve_thread(actor=actor, thread=row.thread, post=row)
        elif verb == "reveal":
            require(actor, KEEP_POST, row)
            return _revealed(request, course, row)
        else:
            raise Http404
    return redirect(address_of(row))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, post_id: str) -> HttpResponse:
    """Other words for a post."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = post_in(actor, course, post_id)
    require(actor, EDIT_POST, row)
    form = PostForm(
        request.POST or None,
        first=row.seq == 1,
        own=row.author_id == actor.user_id,
        initial={"title": row.thread.title, "body": row.body},
    )
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            edit_post(actor=actor, post=row, **form.cleaned_data)
            return redirect(address_of(row))
    context = {**forum_context(request, course), "row": row, "form": form}
    status = 400 if form.errors else 200
    return render(request, "realtime/forum/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, post_id: str) -> HttpResponse:
    """Take a post away; staff say why."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = post_in(actor, course, post_id)
    require(actor, EDIT_POST, row)
    own = row.author_id == actor.user_id
    form = None if own else DeleteForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        given = form.cleaned_data if form is not None else {}
        with refusals(request, form):
            delete_post(actor=actor, post=row, **given)
            flash.success(request, _("It is deleted."))
            return redirect("forum", slug=slug) if row.seq == 1 else redirect(address_of(row))
    context = {**forum_context(request, course), "row": fresh(row), "form": form}
    status = 400 if form is not None and form.errors else 200
    return render(request, "realtime/forum/delete.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str, post_id: str) -> HttpResponse:
    """Ask the people who teach to look at a post."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = post_in(actor, course, post_id)
    require(actor, USE_POST, row)
    if request.method == "POST":
        with refusals(request):
            report_post(actor=actor, post=row, reason=request.POST.get("reason", ""))
            flash.success(request, _("The people who teach will look at it."))
        return redirect(address_of(row))
    context = {**forum_context(request, course), "row": fresh(row)}
    return render(request, "realtime/forum/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: HttpRequest, slug: str, post_id: str) -> HttpResponse:
    """Make a post an answer for everybody: its words are checked by whoever does."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = post_in(actor, course, post_id)
    require(actor, PROMOTE_POST, row)
    given = {"question": row.thread.title[:MAX_QUESTION], "answer": row.body[:MAX_ANSWER]}
    form = PromoteForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            promote_post(actor=actor, post=row, **form.cleaned_data)
            flash.success(request, _("The tutor cites this answer from now on."))
            return redirect(address_of(row))
    context = {**forum_context(request, course), "form": form, "row": row}
    return render(request, "realtime/forum/promote.html", context)


@require_safe
def history(request: HttpRequest, slug: str, post_id: str) -> HttpResponse:
    """What a post said before, for the people who teach."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    row = post_in(actor, course, post_id)
    context = {
        **forum_context(request, course),
        "row": row,
        "revisions": list(earlier_words(actor, row)),
    }
    return render(request, "realtime/forum/history.html", context)


def _move(actor: Actor, course: Course, row: ForumThread, public_id: str) -> None:
    board = fetch(actor, VIEW_BOARD, select=("course",), public_id=public_id, course=course)
    move_thread(actor=actor, thread=row, board=board)


def _revealed(request: HttpRequest, course: Course, row: ForumPost) -> HttpResponse:
    """Who wrote it, on a page of its own: it is in no address and no cookie."""
    actor = actor_of(request)
    person = reveal_author(actor=actor, post=row)
    (line,) = lines_of(actor, course, posts_of(actor, row.thread).filter(pk=row.pk))
    context = {**forum_context(request, course), "row": row, "line": line, "person": person}
    return render(request, "realtime/forum/revealed.html", context)
