"""Keep a forum in order: boards, pins, locks, moves, reports, who wrote without a name."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from ai.services.faq import add_faq
from courses.models import Course
from courses.rules import ASSIST_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, require_line, require_text
from realtime.enums import RevisionKind, ThreadKind
from realtime.events import (
    ForumSet,
    PostAuthorRevealed,
    PostPromoted,
    PostReported,
    PostReportSettled,
    ThreadKept,
)
from realtime.models import Forum, ForumBoard, ForumPost, ForumThread, PostReport
from realtime.models.forum import MAX_BOARD_TITLE
from realtime.queries.forum import TAKEN_BACK
from realtime.rules import VIEW_ROOM
from realtime.rules.forum import KEEP_BOARD, KEEP_POST, KEEP_THREAD, PROMOTE_POST, USE_POST
from realtime.services.forum import locked_thread, open_forum, rendered
from realtime.services.forum_editing import delete_post
from realtime.services.indexing import index_posts

MOST_BOARDS: Final = 50
MOST_PINS: Final = 20
MAX_ABOUT: Final = 300
MAX_REPORT: Final = 500


def set_forum(*, actor: Actor, course: Course, anonymous_allowed: bool) -> Forum:
    """Choose whether learners may post without their name. Raises NotFound, Denied."""
    require(actor, ASSIST_COURSE, course)
    with transaction.atomic():
        row = open_forum(course)
        row.anonymous_allowed = anonymous_allowed
        row.save(update_fields=["anonymous_allowed"])
        publish(ForumSet(course_id=course.pk, anonymous_allowed=anonymous_allowed), actor=actor)
    return row


def add_board(
    *, actor: Actor, course: Course, title: str, about: str = "", kind: str = ThreadKind.DISCUSSION
) -> ForumBoard:
    """A new board after the others. Raises Denied, Invalid naming the field, Conflict."""
    require(actor, ASSIST_COURSE, course)
    require(actor, VIEW_ROOM, course)
    with transaction.atomic():
        open_forum(course)
        boards = ForumBoard.objects.filter(course=course)
        if boards.count() >= MOST_BOARDS:
            raise Conflict(_("A forum has at most 50 boards."), code="most_boards")
        fields = _board_fields(boards, title, about, kind)
        last = boards.aggregate(last=Max("ordinal"))["last"] or 0
        return ForumBoard.objects.create(course=course, ordinal=last + 1, **fields)


def change_board(
    *, actor: Actor, board: ForumBoard, title: str, about: str = "", kind: str
) -> ForumBoard:
    """Rename a board, or say anew what it is for. Raises what `add_board` raises."""
    require(actor, KEEP_BOARD, board)
    with transaction.atomic():
        open_forum(board.course)
        others = ForumBoard.objects.filter(course=board.course_id).exclude(pk=board.pk)
        fields = _board_fields(others, title, about, kind)
        ForumBoard.objects.filter(pk=board.pk).update(**fields)
    board.refresh_from_db()
    return board


def delete_board(*, actor: Actor, board: ForumBoard) -> None:
    """Remove a board without threads. Raises Denied, Conflict `has_threads`, `last_board`."""
    require(actor, KEEP_BOARD, board)
    with transaction.atomic():
        open_forum(board.course)
        if ForumThread.objects.filter(board=board).exists():
            words = _("There are threads on this board, or were: move them first.")
            raise Conflict(words, code="has_threads")
        if not ForumBoard.objects.filter(course=board.course_id).exclude(pk=board.pk).exists():
            raise Conflict(_("A forum has at least one board."), code="last_board")
        board.delete()


def order_boards(*, actor: Actor, course: Course, ids: Sequence[str]) -> list[ForumBoard]:
    """Put the boards in an order that names each once. Raises Denied, Invalid."""
    require(actor, ASSIST_COURSE, course)
    with transaction.atomic():
        open_forum(course)
        boards = {row.public_id: row for row in ForumBoard.objects.filter(course=course)}
        if sorted(ids) != sorted(boards):
            raise Invalid(_("Name each board once."), field="boards")
        for ordinal, public_id in enumerate(ids, 1):
            boards[public_id].ordinal = ordinal
        ForumBoard.objects.bulk_update(boards.values(), ["ordinal"])
    return [boards[public_id] for public_id in ids]


def pin_thread(*, actor: Actor, thread: ForumThread, on: bool) -> ForumThread:
    """Keep a thread at the top of its list, or no longer. Raises NotFound, Denied, Conflict."""
    require(actor, KEEP_THREAD, thread)
    with transaction.atomic():
        open_forum(thread.course)
        row = locked_thread(thread.pk)
        pinned = ForumThread.objects.filter(course=row.course_id, pinned_at__isnull=False)
        if on and row.pinned_at is None and pinned.count() >= MOST_PINS:
            words = _("At most %s threads are pinned; unpin one first.") % MOST_PINS
            raise Conflict(words, code="most_pins")
        return _keep(actor, row, "pinned_at", on=on)


def lock_thread(*, actor: Actor, thread: ForumThread, on: bool) -> ForumThread:
    """Let a thread only be read, or written in again. Raises NotFound, Denied."""
    require(actor, KEEP_THREAD, thread)
    with transaction.atomic():
        return _keep(actor, locked_thread(thread.pk), "locked_at", on=on)


def move_thread(*, actor: Actor, thread: ForumThread, board: ForumBoard) -> ForumThread:
    """Move a thread to another board of its course. Raises NotFound, Denied."""
    require(actor, KEEP_THREAD, thread)
    if board.course_id != thread.course_id:
        raise NotFound
    with transaction.atomic():
        open_forum(thread.course)
        row = locked_thread(thread.pk)
        if row.board_id == board.pk:
            return row
        if row.deleted_at is None:
            _count(row.board_id, -1, row)
            _count(board.pk, 1, row)
        row.board = board
        row.save(update_fields=["board"])
        _told(actor, row, "moved", on=True)
    return row


def restore_thread(*, actor: Actor, thread: ForumThread) -> ForumThread:
    """Bring a thread back that staff took away; one that stands is no error.

    The first post has its words again while they are kept (90 days); the replies never lost theirs.
    Raises NotFound, Denied, Conflict `own` for a thread that its author took away.
    """
    require(actor, KEEP_THREAD, thread)
    with transaction.atomic():
        row = locked_thread(thread.pk)
        if row.deleted_at is None:
            return row
        if ForumThread.objects.filter(TAKEN_BACK, pk=row.pk).exists():
            raise Conflict(_("Its author took this thread away."), code="own")
        row.deleted_at = row.deleted_by = None
        row.save(update_fields=["deleted_at", "deleted_by"])
        _count(row.board_id, 1, row)
        _give_words_back(row)
        posts = list(row.posts.filter(deleted_at=None).exclude(body="").order_by("pk"))
        for post in posts:
            post.thread = row
        index_posts(posts)
        _told(actor, row, "restored", on=True)
    return row


def report_post(*, actor: Actor, post: ForumPost, reason: str = "") -> PostReport:
    """Ask the staff of the course to look at a post; again replaces the reason.

    What staff settled is not opened by asking again, unless its words changed since. Raises
    NotFound, Denied, Invalid, Conflict `deleted`.
    """
    require(actor, USE_POST, post)
    text = require_text(reason, field="reason", max_length=MAX_REPORT).strip()
    with transaction.atomic():
        locked_thread(post.thread_id)
        found = ForumPost.objects.get(pk=post.pk)
        if found.deleted_at is not None:
            raise Conflict(_("This post was deleted."), code="deleted")
        row, made = PostReport.objects.update_or_create(
            post=post, reporter_id=actor.user_id or 0, defaults={"reason": text}
        )
        settled, edited = row.settled_at, found.edited_at
        again = settled is not None and edited is not None and edited > settled
        if again:
            row.settled_at = row.settled_by = None
            row.save(update_fields=["settled_at", "settled_by"])
        if made or again:
            publish(PostReported(post_id=post.pk, course_id=post.thread.course_id), actor=actor)
    return row


def settle_post(*, actor: Actor, post: ForumPost, remove: bool, reason: str = "") -> int:
    """Close the reports of a post, and take it away if so wished; how many were open."""
    require(actor, KEEP_POST, post)
    with transaction.atomic():
        locked_thread(post.thread_id)
        if remove:
            delete_post(actor=actor, post=post, reason=reason or _("Reported"))
        rows = PostReport.objects.filter(post=post, settled_at=None)
        count = rows.update(settled_at=clock.now(), settled_by_id=actor.user_id)
        if count:
            told = PostReportSettled(
                post_id=post.pk, removed=remove, course_id=post.thread.course_id
            )
            publish(told, actor=actor)
    return count


def reveal_author(*, actor: Actor, post: ForumPost) -> User | None:
    """Who wrote a post without their name; every look is recorded. None for an erased account."""
    require(actor, KEEP_POST, post)
    with transaction.atomic():
        told = PostAuthorRevealed(post_id=post.pk, course_id=post.thread.course_id)
        publish(told, actor=actor)
        return User.objects.filter(pk=post.author_id or 0).first()


def promote_post(*, actor: Actor, post: ForumPost, question: str, answer: str) -> ForumThread:
    """Keep a post's answer, in the words given, as one of the course's answered questions.

    Whoever promotes it stands for the words, which are theirs to put without names. Raises
    NotFound, Denied (instructors alone), Invalid, Conflict for a deleted post.
    """
    require(actor, PROMOTE_POST, post)
    with transaction.atomic():
        thread = locked_thread(post.thread_id)
        if ForumPost.objects.filter(pk=post.pk, deleted_at__isnull=False).exists():
            raise Conflict(_("This post was deleted."), code="deleted")
        entry = add_faq(actor=actor, course=thread.course, question=question, answer=answer)
        if thread.faq_id != entry.pk:
            thread.faq = entry
            thread.save(update_fields=["faq"])
            told = PostPromoted(post_id=post.pk, faq_id=entry.pk, course_id=thread.course_id)
            publish(told, actor=actor)
    return thread


def _board_fields(
    others: QuerySet[ForumBoard], title: str, about: str, kind: str
) -> dict[str, str]:
    name = require_line(title.strip(), field="title", max_length=MAX_BOARD_TITLE)
    if not name:
        raise Invalid(_("Give it a title."), field="title")
    if kind not in ThreadKind.values:
        raise Invalid(_("Choose a discussion or a question."), field="kind")
    if others.filter(title__iexact=name).exists():
        raise Invalid(_("There is a board of this title."), field="title")
    words = require_line(about.strip(), field="about", max_length=MAX_ABOUT)
    return {"title": name, "about": words, "kind": kind}


def _keep(actor: Actor, row: ForumThread, field: str, *, on: bool) -> ForumThread:
    if (getattr(row, field) is not None) == on:
        return row
    setattr(row, field, clock.now() if on else None)
    row.save(update_fields=[field])
    _told(actor, row, field.removesuffix("_at"), on=on)
    return row


def _count(board_id: int, by: int, thread: ForumThread) -> None:
    posts = by * (1 + thread.reply_count)
    ForumBoard.objects.filter(pk=board_id).update(
        thread_count=F("thread_count") + by, post_count=F("post_count") + posts
    )


def _give_words_back(thread: ForumThread) -> None:
    """The words of a first post as they were when it was taken away, if they are still kept."""
    post = thread.posts.select_related("author").get(seq=1)
    kept = post.revisions.filter(kind=RevisionKind.DELETED).order_by("-pk").first()
    if kept is None:
        return
    post.body, post.deleted_at, post.deleted_by, post.delete_reason = kept.body, None, None, ""
    post.html, post.mentions = rendered(thread.course, kept.body)
    post.pipeline_version = str(PIPELINE_VERSION)
    post.save()


def _told(actor: Actor, row: ForumThread, what: str, *, on: bool) -> None:
    told = ThreadKept(thread_id=row.pk, what=what, on=on, course_id=row.course_id)
    publish(told, actor=actor)
