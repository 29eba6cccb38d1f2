"""Reading one thread: its posts as lines of a page, what is new in it, what was said before."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, fetch, require
from realtime.models import (
    ForumPost,
    ForumRead,
    ForumThread,
    ForumVote,
    PostReport,
    PostRevision,
)
from realtime.models.forum import MAX_DEPTH
from realtime.queries.forum import Face, Faces
from realtime.queries.mentions import fresh as fresh_html
from realtime.rules.forum import VIEW_POST, VIEW_POST_HISTORY, VIEW_THREAD

PAGE = 30
LOADED = ("author", "parent__author", "thread")


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post as a page or an answer of the API shows it to one reader.

    `parent` is who is answered, with `parent_id`, where the depth does not tell; `voted` whether
    the reader found it helpful, `fresh` whether it is new to them.
    """

    post: ForumPost
    face: Face
    voted: bool
    fresh: bool
    parent: Face | None = None

    @property
    def solves(self) -> bool:
        """Whether it is what solved the question."""
        return self.post.thread.solved_post_id == self.post.pk

    @property
    def body(self) -> str:
        """The source of the words; none of a deleted post."""
        return "" if self.post.deleted_at is not None else self.post.body


@dataclass(frozen=True, slots=True)
class News:
    """What came after a number: how many posts of others, and the newest number."""

    count: int
    last_seq: int


def thread_in(actor: Actor, course: Course, public_id: str) -> ForumThread:
    """A thread of this very course (Z3). Raises NotFound."""
    select = ("course", "board", "author", "group", "solved_post__author", "faq", "task__item")
    return fetch(actor, VIEW_THREAD, select=select, public_id=public_id, course=course)


def any_thread(actor: Actor, public_id: str) -> ForumThread:
    """A thread by its id alone, for the API. Raises NotFound."""
    select = (
        "course",
        "board",
        "author",
        "group",
        "last_post__author",
        "solved_post",
        "task__item",
    )
    return fetch(actor, VIEW_THREAD, select=select, public_id=public_id)


def any_post(actor: Actor, public_id: str) -> ForumPost:
    """A post by its id alone. Raises NotFound."""
    select = ("author", "parent__author", "thread__course", "thread__board")
    return fetch(actor, VIEW_POST, select=select, public_id=public_id)


def post_in(actor: Actor, course: Course, public_id: str) -> ForumPost:
    """A post of this very course (Z3). Raises NotFound."""
    found = any_post(actor, public_id)
    if found.thread.course_id != course.pk:
        raise NotFound
    return found


def posts_of(actor: Actor, thread: ForumThread) -> QuerySet[ForumPost]:
    """The posts of a thread in the order of the tree; raises what `require` raises."""
    require(actor, VIEW_THREAD, thread)
    rows = VIEW_POST.rows(actor).filter(thread=thread)
    return rows.select_related(*LOADED).order_by("path")


def page_of(actor: Actor, thread: ForumThread, number: str | None, at: str = "") -> Page[ForumPost]:
    """A page of replies: of this number, else the one where the post `at` stands."""
    replies = posts_of(actor, thread).filter(seq__gt=1)
    pages = Paginator(replies, PAGE)
    found = replies.filter(public_id=at[:40]).first() if at else None
    if found is not None:
        before = replies.filter(path__lt=found.path).count()
        return pages.page(before // PAGE + 1)
    return pages.get_page(number)


def address_of(post: ForumPost) -> str:
    """Where a post is read: on its page of the thread, scrolled to."""
    course, thread = post.thread.course, post.thread
    url = reverse("forum-thread", args=[course.slug, thread.public_id])
    at = f"?at={post.public_id}" if post.seq > 1 else ""
    return f"{url}{at}#p-{post.public_id}"


def lines_of(
    actor: Actor, course: Course, posts: Iterable[ForumPost], read: int | None = None
) -> list[PostLine]:
    """Posts as lines; three queries, however many. Up to `read` nothing is new, None: nothing is.

    `read` is the number up to which the reader had read before.
    """
    rows = list(posts)
    voted = set(
        ForumVote.objects.filter(post__in=rows, user_id=actor.user_id or 0).values_list(
            "post_id", flat=True
        )
    )
    faces = Faces(actor, course)
    lines = []
    for row in rows:
        face = faces.of(row.author, row.anonymous)
        fresh = read is not None and row.seq > read and not face.mine and row.deleted_at is None
        lines.append(PostLine(fresh_html(row), face, row.pk in voted, fresh, _answered(faces, row)))
    return lines


def read_of(actor: Actor, thread: ForumThread) -> int:
    """The number up to which the actor has read a thread; 0 for never."""
    rows = ForumRead.objects.filter(thread=thread, user_id=actor.user_id or 0)
    return rows.values_list("last_seq", flat=True).first() or 0


def news_of(actor: Actor, thread: ForumThread, after: int) -> News:
    """How much others wrote after a number, of what the actor sees."""
    rows = posts_of(actor, thread).filter(seq__gt=after, deleted_at=None)
    return News(rows.exclude(author_id=actor.user_id).count(), thread.last_seq)


def must_write_first(actor: Actor, thread: ForumThread) -> bool:
    """Whether the actor sees what others wrote only once they have written themselves."""
    if not thread.post_first or allows(actor, STAFF_COURSE, thread.course):
        return False
    mine = ForumPost.objects.filter(thread=thread, author_id=actor.user_id or 0)
    return not mine.filter(seq__gt=1, deleted_at=None).exists()


def earlier_words(actor: Actor, post: ForumPost) -> QuerySet[PostRevision]:
    """What a post said before, oldest first, for staff. Raises NotFound, Denied."""
    require(actor, VIEW_POST_HISTORY, post)
    return PostRevision.objects.filter(post=post).order_by("pk")


def reported_posts(actor: Actor, course: Course) -> QuerySet[ForumPost]:
    """Posts with open reports, those with most first, each with `open_reports` and its reports."""
    require(actor, STAFF_COURSE, course)
    open_ones = PostReport.objects.filter(settled_at=None, post__thread__course=course)
    rows = VIEW_POST.rows(actor).filter(thread__course=course, pk__in=open_ones.values("post"))
    waiting = Count("reports", filter=Q(reports__settled_at=None))
    counted = rows.annotate(open_reports=waiting).order_by("-open_reports", "pk")
    return counted.select_related(*LOADED).prefetch_related("reports__reporter")


def exported_posts(actor: Actor, course: Course) -> Iterable[dict[str, Any]]:
    """Everything written in the forum, thread by thread, for the course's staff: plain values."""
    require(actor, STAFF_COURSE, course)
    rows = VIEW_POST.rows(actor).filter(thread__course=course)
    rows = rows.select_related("author", "parent", "thread__board").order_by("thread", "path")
    faces = Faces(actor, course)
    for row in rows.iterator(chunk_size=500):
        thread, gone = row.thread, row.deleted_at is not None
        yield {
            "board": thread.board.title,
            "thread": thread.public_id,
            "title": thread.title,
            "kind": thread.kind,
            "id": row.public_id,
            "number": row.seq,
            "reply_to": row.parent.seq if row.parent is not None else None,
            "at": row.created_at.isoformat(),
            "by": faces.of(row.author, row.anonymous).name,
            "helpful": row.helpful_count,
            "solves": thread.solved_post_id == row.pk,
            "edited": row.edited_at is not None,
            "deleted": gone or thread.deleted_at is not None,
            "body": "" if gone else row.body,
        }


def _answered(faces: Faces, row: ForumPost) -> Face | None:
    """Who is answered, where the post stands as deep as what it answers."""
    parent = row.parent
    if parent is None or parent.depth < MAX_DEPTH:
        return None
    return faces.of(parent.author, parent.anonymous)
