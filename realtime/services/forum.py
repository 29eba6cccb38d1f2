"""Begin a thread of a course's forum, and reply in one. Every change of a thread locks it first."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.queries.exam import require_chat
from courses.models import Course, LearnerGroup
from courses.rules import STAFF_COURSE, TALK_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid, Throttled
from lms.kernel.events import publish
from lms.kernel.rules import allows, fetch, require
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown, require_line, require_text
from realtime.enums import MAX_POST, MAX_TITLE, ThreadKind
from realtime.events import PostWritten, ThreadStarted
from realtime.models import (
    Forum,
    ForumAlias,
    ForumBoard,
    ForumFollow,
    ForumPost,
    ForumRead,
    ForumTask,
    ForumThread,
    Room,
)
from realtime.models.forum import MAX_DEPTH, SEQ_DIGITS
from realtime.queries.chat import is_over, restriction_of
from realtime.queries.mentions import marked, mentioned_in
from realtime.rules import VIEW_ROOM
from realtime.rules.forum import USE_THREAD, VIEW_POST
from realtime.services.indexing import index_post
from realtime.services.room import require_clean_words

MOST_POSTS: Final = 5_000
PACE: Final = (60, timedelta(minutes=5))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewThread:
    """What a thread begins with. Without `board` its kind chooses one.

    `group` is the public id of the group that alone reads it beside staff.
    """

    title: str
    body: str
    client_id: uuid.UUID
    kind: str = ThreadKind.DISCUSSION
    board: str = ""
    group: str = ""
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The stored post; `fresh` is False when this `client_id` had been stored before."""

    post: ForumPost
    fresh: bool


def start_thread(*, actor: Actor, course: Course, new: NewThread) -> Written:
    """Begin a thread; the same `client_id` of the same person begins one.

    Raises what `require_posting` raises, Invalid naming the field, Throttled `forum_pace`.
    """
    require_posting(actor, course)
    title, body = clean_title(new.title), clean_post(new.body)
    if new.kind not in ThreadKind.values:
        raise Invalid(_("Choose a discussion or a question."), field="kind")
    with transaction.atomic():
        forum = open_forum(course)
        known = _known(actor, new.client_id, thread__course=course, seq=1)
        if known is not None:
            return Written(known, fresh=False)
        _require_pace(actor, course)
        _require_nameless(actor, course, forum, new.anonymous)
        require_words(course, title, "title")
        require_words(course, body)
        board, group = _board(course, new), _group(actor, course, new.group)
        thread = ForumThread.objects.create(
            course=course,
            board=board,
            kind=new.kind,
            title=title,
            author_id=actor.user_id,
            group=group,
            group_only=group is not None,
            created_at=clock.now(),
        )
        post = _add(actor, thread, _Words(body, new.client_id, None, new.anonymous))
        ForumBoard.objects.filter(pk=board.pk).update(thread_count=F("thread_count") + 1)
        told = ThreadStarted(thread_id=thread.pk, author_id=_named(post), course_id=course.pk)
        publish(told, actor=actor)
    return Written(post, fresh=True)


def write_post(
    *,
    actor: Actor,
    thread: ForumThread,
    client_id: uuid.UUID,
    body: str,
    parent: str = "",
    anonymous: bool = False,
) -> Written:
    """Reply in a thread, to `parent` (a post's public id) or to the thread itself; stored once.

    Raises what `require_posting` raises, NotFound, Invalid, Throttled `forum_pace`, Conflict
    `locked`, `deleted`, `client_id_reused`.
    """
    require(actor, USE_THREAD, thread)
    course = thread.course
    require_posting(actor, course)
    text = clean_post(body)
    with transaction.atomic():
        row = locked_thread(thread.pk)
        known = _known(actor, client_id, thread=row)
        if known is not None:
            return Written(_same(known, text), fresh=False)
        require_open(actor, row)
        _require_pace(actor, course)
        forum = Forum.objects.filter(course=course).first() or Forum(course=course)
        _require_nameless(actor, course, forum, anonymous, row)
        require_words(course, text)
        words = _Words(text, client_id, _parent(actor, row, parent), anonymous)
        post = _add(actor, row, words)
        told = PostWritten(
            thread_id=row.pk,
            post_id=post.pk,
            author_id=_named(post),
            course_id=course.pk,
        )
        publish(told, actor=actor)
    return Written(post, fresh=True)


def require_posting(actor: Actor, course: Course) -> None:
    """Pass when the actor may write in the forum now. Raises Denied and what `require` raises.

    Codes of Denied: `exam_mode`, `course_over`, `muted`.
    """
    require(actor, TALK_COURSE, course)
    require_chat(actor, course.pk, write=True)
    require(actor, VIEW_ROOM, course)
    if is_over(course):
        raise Denied(_("This course is over; its forum is only read."), code="course_over")
    if (row := restriction_of(actor, course)) is not None:
        words = _("The people who teach have muted you in this course.")
        if row.until is not None:
            until = date_format(timezone.localtime(row.until), "SHORT_DATETIME_FORMAT")
            words = _("The people who teach have muted you in this course until %s.") % until
        raise Denied(words, code="muted")


def require_open(actor: Actor, thread: ForumThread) -> None:
    """Raise Conflict for a thread in which the actor cannot write any more."""
    if thread.deleted_at is not None:
        raise Conflict(_("This thread was deleted."), code="deleted")
    if thread.locked_at is not None and not allows(actor, STAFF_COURSE, thread.course):
        raise Conflict(_("This thread is locked: it is only read."), code="locked")
    if thread.last_seq >= MOST_POSTS:
        raise Conflict(_("This thread is full; begin another one."), code="thread_full")


def require_words(course: Course, text: str, field: str = "body") -> None:
    """Raise Invalid for words that staff keep out of the course's conversation."""
    room = Room.objects.filter(course=course).first()
    if room is None:
        return
    try:
        require_clean_words(room, text)
    except Invalid as problem:
        raise Invalid(problem.detail, field=field, code=problem.code) from None


def open_forum(course: Course) -> Forum:
    """The course's forum, locked until the transaction ends; made with two boards at first."""
    rows = lock(Forum.objects.filter(course=course))
    found = rows.first()
    if found is None:
        Forum.objects.get_or_create(course=course)
        found = rows.get()
    if not ForumBoard.objects.filter(course=course).exists():
        for ordinal, (title, kind) in enumerate(default_boards(), 1):
            ForumBoard.objects.create(course=course, title=title, kind=kind, ordinal=ordinal)
    return found


def default_boards() -> list[tuple[str, str]]:
    """Titles and kinds of the boards that a forum begins with."""
    return [(_("General"), ThreadKind.DISCUSSION), (_("Questions"), ThreadKind.QUESTION)]


def locked_thread(thread_id: int) -> ForumThread:
    """A thread as it is now, locked until the transaction ends."""
    return lock(ForumThread.objects.select_related("course").filter(pk=thread_id)).get()


def clean_title(title: str) -> str:
    """The title of a thread as it is kept. Raises Invalid."""
    text = require_line(title.strip(), field="title", max_length=MAX_TITLE)
    if not text:
        raise Invalid(_("Give it a title."), field="title")
    return text


def clean_post(body: str) -> str:
    """The words of a post as they are kept. Raises Invalid."""
    text = require_text(body, field="body", max_length=MAX_POST).strip()
    if not text:
        raise Invalid(_("Write something first."), field="body")
    return text


def rendered(course: Course, body: str) -> tuple[str, list[str]]:
    """The words rendered and cleaned with their mentions marked, and whom they mention."""
    meant = mentioned_in(body, course)
    html = render_markdown(body, profile=Profile.MESSAGE)
    return marked(html, [name for _key, _id, name in meant]), [one for _key, one, _name in meant]


@dataclass(frozen=True, slots=True)
class _Words:
    """What is to be written, checked."""

    body: str
    client_id: uuid.UUID
    parent: ForumPost | None
    anonymous: bool


def _add(actor: Actor, thread: ForumThread, words: _Words) -> ForumPost:
    """Store a post under the next number of a locked thread, and count it."""
    author = User.objects.get(pk=actor.user_id or 0)
    thread.last_seq += 1
    html, mentions = rendered(thread.course, words.body)
    post = ForumPost.objects.create(
        thread=thread,
        seq=thread.last_seq,
        path=_path(thread.last_seq, words.parent),
        parent=words.parent,
        client_id=words.client_id,
        author=author,
        anonymous=_alias(thread, author) if words.anonymous else None,
        body=words.body,
        html=html,
        pipeline_version=str(PIPELINE_VERSION),
        mentions=mentions,
        created_at=clock.now(),
    )
    if post.seq == 1:
        thread.anonymous = post.anonymous
    else:
        thread.reply_count += 1
    thread.last_post, thread.last_post_at = post, post.created_at
    thread.save(
        update_fields=[
            "last_seq",
            "reply_count",
            "last_post",
            "last_post_at",
            "pseudonyms",
            "anonymous",
        ]
    )
    ForumBoard.objects.filter(pk=thread.board_id).update(post_count=F("post_count") + 1)
    ForumFollow.objects.get_or_create(user=author, thread=thread)
    ForumRead.objects.update_or_create(user=author, thread=thread, defaults={"last_seq": post.seq})
    index_post(post)
    return post


def _named(post: ForumPost) -> int:
    """Whose figures a post counts in: nobody's where they would tell who wrote it."""
    return post.author_id or 0 if post.anonymous is None else 0


def _path(seq: int, parent: ForumPost | None) -> str:
    own = f"{seq:0{SEQ_DIGITS}d}"
    if parent is None or parent.seq == 1:
        return own
    return parent.path[: SEQ_DIGITS * MAX_DEPTH] + own


def _alias(thread: ForumThread, author: User) -> int:
    """The author's number in this thread; numbers are never given twice."""
    found = ForumAlias.objects.filter(thread=thread, user=author).first()
    if found is None:
        thread.pseudonyms += 1
        found = ForumAlias.objects.create(thread=thread, user=author, number=thread.pseudonyms)
    return found.number


def _known(actor: Actor, client_id: uuid.UUID, **inside: object) -> ForumPost | None:
    mine = ForumPost.objects.select_related("thread__course", "thread__board", "author", "parent")
    return mine.filter(author_id=actor.user_id, client_id=client_id, **inside).first()


def _same(post: ForumPost, text: str) -> ForumPost:
    if post.deleted_at is None and post.edited_at is None and post.body != text:
        raise Conflict(_("This client_id was used for another post."), code="client_id_reused")
    return post


def _parent(actor: Actor, thread: ForumThread, public_id: str) -> ForumPost | None:
    if not public_id:
        return None
    found = fetch(actor, VIEW_POST, public_id=public_id, thread=thread)
    if found.deleted_at is not None:
        raise Conflict(_("This post was deleted."), code="deleted")
    return found


def _require_pace(actor: Actor, course: Course) -> None:
    """Raise Throttled for somebody who floods the forum and does not teach."""
    most, span = PACE
    since = clock.now() - span
    mine = ForumPost.objects.filter(
        author_id=actor.user_id, thread__course=course, created_at__gt=since
    )
    if mine.count() >= most and not allows(actor, STAFF_COURSE, course):
        words = _("You write very much at the moment. Go on in some minutes.")
        raise Throttled(words, retry_after=60, code="forum_pace")


def _require_nameless(
    actor: Actor,
    course: Course,
    forum: Forum,
    wished: bool,  # noqa: FBT001 - one of the words of the post
    thread: ForumThread | None = None,
) -> None:
    """Raise Invalid where somebody wishes to write without their name and cannot."""
    if not wished:
        return
    if not forum.anonymous_allowed or allows(actor, STAFF_COURSE, course):
        words = _("In this forum you write under your name.")
        raise Invalid(words, field="anonymous", code="anonymous_off")
    if thread is not None and ForumTask.objects.filter(thread=thread).exists():
        words = _("This discussion is graded: write under your name.")
        raise Invalid(words, field="anonymous", code="graded")


def _board(course: Course, new: NewThread) -> ForumBoard:
    rows = ForumBoard.objects.filter(course=course)
    if new.board:
        found = rows.filter(public_id=new.board[:40]).first()
        if found is None:
            raise Invalid(_("Choose one of the boards."), field="board")
        return found
    return rows.filter(kind=new.kind).first() or rows.order_by("ordinal", "pk")[0]


def _group(actor: Actor, course: Course, public_id: str) -> LearnerGroup | None:
    if not public_id:
        return None
    if not allows(actor, STAFF_COURSE, course):
        raise Invalid(_("Only the people who teach restrict a thread."), field="group")
    found = LearnerGroup.objects.filter(course=course, public_id=public_id[:40]).first()
    if found is None:
        raise Invalid(_("Choose one of the groups."), field="group")
    return found
