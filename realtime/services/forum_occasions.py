"""The occasions of forums: a reply, a new thread, a mention, a question that is solved.

No name of whoever wrote is in what is told: some write without theirs.
"""

from typing import Final

from django.db.models import Q

from courses.enums import CourseRole
from courses.models import LearnerGroupMember
from courses.queries.roles import active_members
from lms.kernel.actors import system
from lms.kernel.models import EventRecord
from realtime.enums import NotificationKind
from realtime.models import ForumFollow, ForumPost, ForumThread
from realtime.queries.access import banned_from
from realtime.queries.forum_thread import address_of
from realtime.services.notify import notify

STAFF: Final = (CourseRole.INSTRUCTOR, CourseRole.ASSISTANT)


def tell_post(*, post_id: int) -> int:
    """Tell whom a post mentions and who follows its thread, or its board when it began one.

    Not its author, nobody twice, and nobody who may not read it.
    """
    post = (
        ForumPost.objects.select_related("thread__course", "thread__board")
        .filter(pk=post_id, deleted_at=None, thread__deleted_at=None)
        .first()
    )
    if post is None or post.author_id is None or post.thread.course.deleted_at is not None:
        return 0
    readers = _readers(post) - {post.author_id}
    members = active_members(post.thread.course).filter(user__public_id__in=post.mentions)
    meant = readers & set(members.values_list("user_id", flat=True))
    follows = ForumFollow.objects.filter(user__in=readers)
    begun = post.seq == 1
    where = {"board": post.thread.board_id} if begun else {"thread": post.thread_id}
    following = set(follows.filter(**where).values_list("user_id", flat=True)) - meant
    kind = NotificationKind.FORUM_THREAD if begun else NotificationKind.FORUM_REPLY
    return _tell(NotificationKind.FORUM_MENTION, post, meant) + _tell(kind, post, following)


def tell_solved(*, post_id: int, record_id: int) -> int:
    """Tell who asked that their question is solved, and whose post did; not whoever said so."""
    post = (
        ForumPost.objects.select_related("thread__course")
        .filter(pk=post_id, deleted_at=None, thread__solved_post=post_id)
        .first()
    )
    if post is None:
        return 0
    by = EventRecord.objects.filter(pk=record_id).values_list("actor_id", flat=True).first()
    readers = _readers(post) - {by}
    asker = {post.thread.author_id or 0} & readers
    helper = ({post.author_id or 0} & readers) - asker
    kind, key = NotificationKind.FORUM_SOLVED, f"solved:{record_id}"
    told = _notify(kind, post, asker, key=key)
    return told + _notify(kind, post, helper, key=key, more={"helped": "1"})


def thread_begun_by(thread_id: int) -> int | None:
    """The first post of a thread."""
    rows = ForumPost.objects.filter(thread=thread_id, seq=1)
    return rows.values_list("pk", flat=True).first()


def _readers(post: ForumPost) -> set[int]:
    """Members who may read a post now: the rule `VIEW_POST` for all of them at once."""
    thread = post.thread
    rows = active_members(thread.course).exclude(role=CourseRole.OBSERVER)
    if not thread.course.is_live:
        rows = rows.filter(role__in=STAFF)
    if thread.group_only:
        inside = LearnerGroupMember.objects.filter(group=thread.group_id or 0)
        rows = rows.filter(Q(role__in=STAFF) | Q(user__in=inside.values("learner")))
    if thread.post_first and post.seq > 1:
        wrote = ForumPost.objects.filter(thread=thread, seq__gt=1, deleted_at=None)
        rows = rows.filter(Q(role__in=STAFF) | Q(user__in=wrote.values("author")))
    banned = {user_id for user_id, _course in banned_from([thread.course_id])}
    return set(rows.values_list("user_id", flat=True)) - banned


def _tell(kind: NotificationKind, post: ForumPost, people: set[int]) -> int:
    return _notify(kind, post, people, key=f"{kind}:{post.pk}")


def _notify(
    kind: NotificationKind,
    post: ForumPost,
    people: set[int],
    *,
    key: str,
    more: dict[str, str] | None = None,
) -> int:
    thread: ForumThread = post.thread
    return notify(
        actor=system("realtime.forum"),
        kind=kind,
        recipients=people,
        course=thread.course,
        key=key,
        args={
            "course": thread.course.title,
            "subject": thread.title,
            "thread": thread.public_id,
            **(more or {}),
        },
        url=address_of(post),
    )
