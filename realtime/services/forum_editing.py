"""Change or take away posts, mark what helps, say what solved a question."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assessments.models import Grade
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import allows, require
from lms.kernel.text import PIPELINE_VERSION, require_line
from realtime.enums import RevisionKind, ThreadKind
from realtime.events import PostDeleted, PostEdited, QuestionSolved
from realtime.models import (
    ForumBoard,
    ForumPost,
    ForumTask,
    ForumThread,
    ForumVote,
    PostRevision,
)
from realtime.rules.forum import EDIT_POST, SOLVE_THREAD, USE_POST
from realtime.services.forum import (
    clean_post,
    clean_title,
    locked_thread,
    rendered,
    require_open,
    require_posting,
    require_words,
)
from realtime.services.indexing import forget_posts, index_post

MAX_REASON = 300


def edit_post(
    *, actor: Actor, post: ForumPost, body: str, title: str | None = None, reason: str = ""
) -> ForumPost:
    """Give a post other words; the earlier ones are kept for staff. `title` is for a first post.

    Staff give a reason for changing somebody else's. Raises NotFound, Denied, Invalid, Conflict
    `deleted`, `locked`, and for the author of a post in a graded discussion `graded` once it is
    marked, `past_due` for what they wrote in time past the due date.
    """
    require(actor, EDIT_POST, post)
    course = post.thread.course
    require_posting(actor, course)
    text = clean_post(body)
    name = clean_title(title) if title is not None and post.seq == 1 else None
    why = _reason(actor, post, reason)
    with transaction.atomic():
        thread = locked_thread(post.thread_id)
        row = _standing(thread, post)
        require_open(actor, thread)
        _require_ungraded(actor, thread, row, text)
        if row.body == text and name in {None, thread.title}:
            return row
        require_words(course, text)
        _keep(actor, row, RevisionKind.EDITED, why)
        if name is not None and name != thread.title:
            require_words(course, name, "title")
            thread.title = name
            thread.save(update_fields=["title"])
        row.body, row.edited_at = text, clock.now()
        row.html, row.mentions = rendered(course, text)
        row.pipeline_version = str(PIPELINE_VERSION)
        row.edited_by_staff, row.edit_reason = not _own(actor, row), why
        row.save()
        index_post(row)
        told = PostEdited(post_id=row.pk, by_staff=row.edited_by_staff, course_id=course.pk)
        publish(told, actor=actor)
    return row


def delete_post(*, actor: Actor, post: ForumPost, reason: str = "") -> ForumPost:
    """Take a post's words away and keep its place; with the first post the whole thread goes.

    Again is no error. Raises NotFound, Denied, Invalid for staff without a reason, Conflict
    `has_replies` for an author whose thread was replied to, `locked`, and in a graded discussion
    `graded`, `past_due` for its author: what a grade stands on is taken away by staff alone.
    """
    require(actor, EDIT_POST, post)
    why = _reason(actor, post, reason)
    with transaction.atomic():
        thread = locked_thread(post.thread_id)
        row = ForumPost.objects.select_related("author", "parent").get(pk=post.pk)
        row.thread = thread
        if row.deleted_at is not None:
            return row
        if not allows(actor, STAFF_COURSE, thread.course):
            require_open(actor, thread)
            _require_ungraded(actor, thread, row)
        if row.seq == 1:
            _delete_thread(actor, thread)
        else:
            thread.reply_count -= 1
            _forget_solution(thread, row)
            counted = 1 if thread.deleted_at is None else 0
            ForumBoard.objects.filter(pk=thread.board_id).update(
                post_count=F("post_count") - counted
            )
        _empty(actor, row, why)
        if row.seq > 1:
            _point_at_last(thread)
        told = PostDeleted(
            thread_id=thread.pk,
            post_id=row.pk,
            by_staff=not _own(actor, row),
            course_id=thread.course_id,
        )
        publish(told, actor=actor)
    return row


def mark_helpful(*, actor: Actor, post: ForumPost, on: bool) -> ForumPost:
    """Say that a post helped, or take that back; again is no error, one's own cannot.

    Raises NotFound, Denied, Conflict `own_post`, `deleted`.
    """
    require(actor, USE_POST, post)
    require_posting(actor, post.thread.course)
    with transaction.atomic():
        thread = locked_thread(post.thread_id)
        row = _standing(thread, post)
        if _own(actor, row):
            raise Conflict(_("Others say whether your post helped."), code="own_post")
        if on:
            ForumVote.objects.get_or_create(post=row, user_id=actor.user_id or 0)
        else:
            ForumVote.objects.filter(post=row, user_id=actor.user_id or 0).delete()
        row.helpful_count = ForumVote.objects.filter(post=row).count()
        row.save(update_fields=["helpful_count"])
    return row


def solve_thread(*, actor: Actor, thread: ForumThread, post: ForumPost | None) -> ForumThread:
    """Say which reply solved a question, or that none did; who asked does, and staff.

    Raises NotFound, Denied, Invalid for a thread that is no question or a post that is no reply.
    """
    require(actor, SOLVE_THREAD, thread)
    require_posting(actor, thread.course)
    with transaction.atomic():
        row = locked_thread(thread.pk)
        require_open(actor, row)
        if row.kind != ThreadKind.QUESTION:
            raise Invalid(_("Only a question can be solved."), field="post")
        if post is not None and (post.thread_id != row.pk or post.seq == 1):
            raise Invalid(_("A question is solved by one of its replies."), field="post")
        if post is not None:
            _standing(row, post)
        if row.solved_post_id == (post.pk if post else None):
            return row
        row.solved_post, row.solved_at = post, clock.now() if post else None
        row.save(update_fields=["solved_post", "solved_at"])
        told = QuestionSolved(
            thread_id=row.pk, post_id=post.pk if post else None, course_id=row.course_id
        )
        publish(told, actor=actor)
    return row


def _own(actor: Actor, post: ForumPost) -> bool:
    return actor.user_id is not None and post.author_id == actor.user_id


def _reason(actor: Actor, post: ForumPost, reason: str) -> str:
    """Why staff change somebody else's words; one's own need no reason and have none."""
    if _own(actor, post):
        return ""
    text = require_line(reason.strip(), field="reason", max_length=MAX_REASON)
    if not text:
        raise Invalid(_("Say why: its author reads it."), field="reason")
    return text


def _standing(thread: ForumThread, post: ForumPost) -> ForumPost:
    """A post of a locked thread as it is now. Raises Conflict when it was deleted."""
    row = ForumPost.objects.select_related("author", "parent").get(pk=post.pk, thread=thread)
    row.thread = thread
    if row.deleted_at is not None:
        raise Conflict(_("This post was deleted."), code="deleted")
    return row


def _require_ungraded(
    actor: Actor, thread: ForumThread, post: ForumPost, text: str | None = None
) -> None:
    """What may stand under a grade stays as it is; without a `text` it is to be taken away.

    What came after the due date counts for nothing, so that its words may still be corrected.
    """
    task = ForumTask.objects.filter(thread=thread).first()
    if task is None or allows(actor, STAFF_COURSE, thread.course):
        return
    given = Grade.objects.filter(item=task.item_id or 0, learner=post.author_id or 0)
    if given.filter(score__isnull=False).exists():
        words = _("This discussion is being marked: what you wrote in it stays as it is.")
        raise Conflict(words, code="graded")
    due = task.due_at
    if due is not None and due < clock.now() and (text is None or post.created_at <= due):
        words = _("The due date is past: what you wrote before it stays as it is.")
        if text is None:
            words = _("The due date is past: ask the people who teach to delete your post.")
        raise Conflict(words, code="past_due")


def _keep(actor: Actor, post: ForumPost, kind: RevisionKind, reason: str) -> None:
    """Keep a post's words as they are, before they change."""
    PostRevision.objects.create(
        post=post,
        author_id=post.author_id,
        kind=kind,
        title=post.thread.title if post.seq == 1 else "",
        body=post.body,
        reason=reason,
        made_by_id=actor.user_id,
        by_staff=not _own(actor, post),
        created_at=clock.now(),
    )


def _empty(actor: Actor, post: ForumPost, reason: str) -> None:
    _keep(actor, post, RevisionKind.DELETED, reason)
    post.body = post.html = ""
    post.mentions = []
    post.deleted_at, post.deleted_by_id, post.delete_reason = clock.now(), actor.user_id, reason
    post.save()
    forget_posts([post.pk])


def _delete_thread(actor: Actor, thread: ForumThread) -> None:
    if thread.reply_count and not allows(actor, STAFF_COURSE, thread.course):
        words = _("Others replied: ask the people who teach to delete the thread.")
        raise Conflict(words, code="has_replies")
    thread.deleted_at, thread.deleted_by_id = clock.now(), actor.user_id
    thread.save(update_fields=["deleted_at", "deleted_by"])
    ForumBoard.objects.filter(pk=thread.board_id).update(
        thread_count=F("thread_count") - 1, post_count=F("post_count") - 1 - thread.reply_count
    )
    forget_posts(thread.posts.values_list("pk", flat=True))


def _forget_solution(thread: ForumThread, post: ForumPost) -> None:
    if thread.solved_post_id == post.pk:
        thread.solved_post, thread.solved_at = None, None


def _point_at_last(thread: ForumThread) -> None:
    """The newest post that stands, after one was taken away."""
    last = thread.posts.filter(deleted_at=None).order_by("-seq").first()
    thread.last_post = last
    if last is not None:
        thread.last_post_at = last.created_at
    thread.save(
        update_fields=["reply_count", "solved_post", "solved_at", "last_post", "last_post_at"]
    )
