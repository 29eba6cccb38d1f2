"""Reading forums: boards, lists of threads, who wrote a post as others may see it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from courses.models import Course, LearnerGroup
from courses.queries.contents import staff_roles
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import allows, require
from lms.kernel.search import find
from realtime.enums import ThreadKind, ThreadShow
from realtime.models import Forum, ForumBoard, ForumFollow, ForumPost, ForumRead, ForumThread
from realtime.queries.chat import may_talk
from realtime.rules import VIEW_ROOM
from realtime.rules.forum import VIEW_BOARD, VIEW_POST, VIEW_THREAD

FOUND = 200
FEW = 5
UNREAD_LIMIT = 100
# Threads that their author took away; of one whose account is erased this is told by who is left.
TAKEN_BACK = Q(deleted_by__isnull=False, deleted_by=F("author")) | (
    Q(author=None) & (Q(deleted_by=None) | Q(deleted_by__erased_at__isnull=False))
)


@dataclass(frozen=True, slots=True)
class Face:
    """Who wrote something, as the reader may know it.

    `id` is empty for somebody without a name here and for erased accounts. `mine` is told to
    whoever wrote it, `role` is that of staff in words.
    """

    id: str
    name: str
    anonymous: bool
    mine: bool
    role: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which threads of a forum a list shows."""

    show: str = ThreadShow.ALL
    board: str = ""
    kind: str = ""
    text: str = ""
    ordering: str = ""


ORDERINGS = {
    "": ("-last_post_at", "-pk"),
    "-last_post_at": ("-last_post_at", "-pk"),
    "-created_at": ("-created_at", "-pk"),
    "created_at": ("created_at", "pk"),
    "-reply_count": ("-reply_count", "-last_post_at", "-pk"),
}


def forum_of(course: Course) -> Forum:
    """How a course's forum works; the defaults while nothing was written there."""
    return Forum.objects.filter(course=course).first() or Forum(course=course)


def may_hide_name(actor: Actor, course: Course, thread: ForumThread | None = None) -> bool:
    """Whether the actor may post without their name."""
    if not forum_of(course).anonymous_allowed or allows(actor, STAFF_COURSE, course):
        return False
    graded = thread is not None and hasattr(thread, "task")
    return not graded and may_talk(actor, course)


def boards_of(actor: Actor, course: Course) -> QuerySet[ForumBoard]:
    """The boards of a forum in order, each with `followed`; none before anything was written."""
    require(actor, VIEW_ROOM, course)
    mine = ForumFollow.objects.filter(board=OuterRef("pk"), user_id=actor.user_id or 0)
    rows = VIEW_BOARD.rows(actor).filter(course=course).annotate(followed=Exists(mine))
    return rows.order_by("ordinal", "pk")


def threads_of(actor: Actor, course: Course, wish: Wish | None = None) -> QuerySet[ForumThread]:
    """The threads of a forum that the actor sees, each with `read_seq` and `followed`.

    Pinned ones come first. Of what is found by words, solved ones come first, then the best.
    Raises Invalid for a filter that is none, and what `require` raises.
    """
    require(actor, VIEW_ROOM, course)
    wish = wish or Wish()
    _check(wish)
    user_id = actor.user_id or 0
    read = ForumRead.objects.filter(thread=OuterRef("pk"), user_id=user_id).values("last_seq")[:1]
    follow = ForumFollow.objects.filter(thread=OuterRef("pk"), user_id=user_id)
    rows = _kept(VIEW_THREAD.rows(actor).filter(course=course), wish)
    rows = rows.annotate(
        read_seq=Coalesce(Subquery(read, output_field=IntegerField()), 0),
        followed=Exists(follow),
    )
    rows = _shown(rows, wish.show, user_id)
    if wish.board:
        rows = rows.filter(board__public_id=wish.board[:40])
    if wish.kind:
        rows = rows.filter(kind=wish.kind)
    rows = rows.select_related("board", "author", "last_post__author", "group", "course", "task")
    if wish.text:
        return _found(actor, course, rows, wish.text)
    return rows.order_by(F("pinned_at").desc(nulls_last=True), *ORDERINGS[wish.ordering])


def found_threads(actor: Actor, text: str) -> list[ForumThread]:
    """At most five threads of any course with a post of these words that the actor sees, by rank.

    Three queries, whatever is found; each has its `course`.
    """
    seen = VIEW_POST.rows(actor).filter(thread__deleted_at=None, deleted_at=None)
    ids = find("forum_post", text[:200], allowed=seen, limit=FEW * 4)
    of = dict(ForumPost.objects.filter(pk__in=ids).values_list("pk", "thread_id"))
    best = list(dict.fromkeys(of[pk] for pk in ids if pk in of))[:FEW]
    threads = ForumThread.objects.select_related("course").in_bulk(best)
    return [threads[pk] for pk in best]


def unread_threads(actor: Actor, course: Course) -> int:
    """How many threads have something new to the actor, counted to 100."""
    return threads_of(actor, course, Wish(show=ThreadShow.UNREAD))[:UNREAD_LIMIT].count()


def groups_for(actor: Actor, course: Course) -> list[LearnerGroup]:
    """The groups to which staff may restrict a thread; none for others."""
    if not allows(actor, STAFF_COURSE, course):
        return []
    return list(LearnerGroup.objects.filter(course=course).order_by("name", "pk")[:200])


class Faces:
    """Who wrote what, for one reader of one course; the staff's roles are read once."""

    def __init__(self, actor: Actor, course: Course) -> None:
        self._user_id = actor.user_id
        self._roles = staff_roles(course)

    def of(self, author: User | None, anonymous: int | None) -> Face:
        """An author as the reader may know them; a number hides the name from everybody."""
        mine = author is not None and author.pk == self._user_id
        if anonymous is not None:
            return Face("", nameless(anonymous), anonymous=True, mine=mine)
        if author is None:
            return Face("", _("Deleted account"), anonymous=False, mine=False)
        role = self._roles.get(author.public_id, "")
        return Face(author.public_id, author.display_name, anonymous=False, mine=mine, role=role)


def nameless(number: int) -> str:
    """What somebody is called in a thread where their name is not shown."""
    return _("Anonymous %s") % number


def _check(wish: Wish) -> None:
    if wish.show not in ThreadShow.values:
        raise Invalid(_("There is no such filter."), field="show")
    if wish.kind and wish.kind not in ThreadKind.values:
        raise Invalid(_("Choose a discussion or a question."), field="kind")
    if wish.ordering not in ORDERINGS:
        raise Invalid(_("There is no such order."), field="ordering")


def _kept(rows: QuerySet[ForumThread], wish: Wish) -> QuerySet[ForumThread]:
    """Threads that stand; or those that staff took away, which the rule shows to staff alone."""
    if wish.show != ThreadShow.DELETED:
        return rows.filter(deleted_at=None)
    return rows.filter(deleted_at__isnull=False).exclude(TAKEN_BACK)


def _shown(rows: QuerySet[Any], show: str, user_id: int) -> QuerySet[Any]:
    question = Q(kind=ThreadKind.QUESTION)
    chosen = {
        ThreadShow.ALL: Q(),
        ThreadShow.UNREAD: Q(read_seq__lt=F("last_seq")),
        ThreadShow.MINE: Q(author_id=user_id),
        ThreadShow.FOLLOWED: Q(followed=True),
        ThreadShow.UNANSWERED: question & Q(reply_count=0),
        ThreadShow.UNSOLVED: question & Q(solved_post=None),
        ThreadShow.SOLVED: question & Q(solved_post__isnull=False),
        ThreadShow.DELETED: Q(),
    }
    found: QuerySet[Any] = rows.filter(chosen[ThreadShow(show)])
    return found


def _found(actor: Actor, course: Course, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The threads with a post of these words that the actor sees, solved first, then by rank."""
    seen = VIEW_POST.rows(actor).filter(
        thread__course=course, thread__deleted_at=None, deleted_at=None
    )
    ids = find("forum_post", text[:200], allowed=seen, limit=FOUND)
    threads: dict[int, int] = {}
    places = {pk: place for place, pk in enumerate(ids)}
    for pk, thread_id in seen.filter(pk__in=ids).values_list("pk", "thread_id"):
        threads[thread_id] = min(places[pk], threads.get(thread_id, FOUND))
    best = [pk for pk, _place in sorted(threads.items(), key=lambda one: one[1])]
    return _in_order(rows.filter(pk__in=best), best)


def _in_order(rows: QuerySet[Any], keys: list[int]) -> QuerySet[Any]:
    solved = Q(solved_post__isnull=False)
    unsolved = Case(When(solved, then=Value(0)), default=Value(1))
    place = Case(
        *(When(pk=key, then=Value(number)) for number, key in enumerate(keys)),
        default=Value(len(keys)),
        output_field=IntegerField(),
    )
    found: QuerySet[Any] = rows.annotate(unsolved=unsolved, place=place)
    return found.order_by("unsolved", "place", "-pk")
