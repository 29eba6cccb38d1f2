"""Who may see and do what in a course's forum. The door itself is that of the course's room.

A restricted thread is for its group and the staff, a deleted one for staff. Where one writes before
one reads, a learner without a post of their own sees the first post alone.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from courses.models import LearnerGroupMember
from courses.rules import (
    manage_course_rows,
    may_manage_course,
    may_staff_course,
    staff_course_rows,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule
from realtime.models import ForumBoard, ForumPost, ForumThread
from realtime.rules import may_view_room, view_room_rows

# Boards.


def may_view_board(actor: Actor, board: ForumBoard) -> bool:
    return may_view_room(actor, board.course)


def view_board_rows(actor: Actor) -> QuerySet[ForumBoard]:
    return ForumBoard.objects.filter(course__in=view_room_rows(actor).values("pk"))


def may_keep_board(actor: Actor, board: ForumBoard) -> bool:
    return may_staff_course(actor, board.course) and may_view_board(actor, board)


def keep_board_rows(actor: Actor) -> QuerySet[ForumBoard]:
    return view_board_rows(actor).filter(course__in=staff_course_rows(actor).values("pk"))


VIEW_BOARD = Rule("realtime.board.view", may=may_view_board, rows=view_board_rows)
FOLLOW_BOARD = Rule(
    "realtime.board.follow",
    may=may_view_board,
    rows=view_board_rows,
    writes=True,
    visible=VIEW_BOARD,
)
KEEP_BOARD = Rule(
    "realtime.board.keep",
    may=may_keep_board,
    rows=keep_board_rows,
    writes=True,
    visible=VIEW_BOARD,
)


# Threads.


def may_view_thread(actor: Actor, thread: ForumThread) -> bool:
    if not may_view_room(actor, thread.course):
        return False
    if may_staff_course(actor, thread.course):
        return True
    if thread.deleted_at is not None:
        return False
    mine = LearnerGroupMember.objects.filter(
        group_id=thread.group_id or 0, learner_id=actor.user_id
    )
    return not thread.group_only or mine.exists()


def view_thread_rows(actor: Actor) -> QuerySet[ForumThread]:
    staffed = Q(course__in=staff_course_rows(actor).values("pk"))
    mine = LearnerGroupMember.objects.filter(learner_id=actor.user_id or 0).values("group")
    open_to = Q(group_only=False) | Q(group__in=mine)
    rows = ForumThread.objects.filter(course__in=view_room_rows(actor).values("pk"))
    return rows.filter(staffed | (Q(deleted_at=None) & open_to))


def may_keep_thread(actor: Actor, thread: ForumThread) -> bool:
    return may_staff_course(actor, thread.course) and may_view_thread(actor, thread)


def keep_thread_rows(actor: Actor) -> QuerySet[ForumThread]:
    return view_thread_rows(actor).filter(course__in=staff_course_rows(actor).values("pk"))


def may_solve_thread(actor: Actor, thread: ForumThread) -> bool:
    own = actor.user_id is not None and thread.author_id == actor.user_id
    return may_view_thread(actor, thread) and (own or may_staff_course(actor, thread.course))


def solve_thread_rows(actor: Actor) -> QuerySet[ForumThread]:
    staffed = Q(course__in=staff_course_rows(actor).values("pk"))
    own = Q(author_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    return view_thread_rows(actor).filter(staffed | own)


def may_grade_thread(actor: Actor, thread: ForumThread) -> bool:
    return may_manage_course(actor, thread.course) and may_view_thread(actor, thread)


def grade_thread_rows(actor: Actor) -> QuerySet[ForumThread]:
    return view_thread_rows(actor).filter(course__in=manage_course_rows(actor).values("pk"))


VIEW_THREAD = Rule("realtime.thread.view", may=may_view_thread, rows=view_thread_rows)
USE_THREAD = Rule(
    "realtime.thread.use",
    may=may_view_thread,
    rows=view_thread_rows,
    writes=True,
    visible=VIEW_THREAD,
)
KEEP_THREAD = Rule(
    "realtime.thread.keep",
    may=may_keep_thread,
    rows=keep_thread_rows,
    writes=True,
    visible=VIEW_THREAD,
)
SOLVE_THREAD = Rule(
    "realtime.thread.solve",
    may=may_solve_thread,
    rows=solve_thread_rows,
    writes=True,
    visible=VIEW_THREAD,
)
GRADE_THREAD = Rule(
    "realtime.thread.grade",
    may=may_grade_thread,
    rows=grade_thread_rows,
    writes=True,
    visible=VIEW_THREAD,
)
VIEW_MARKS = Rule(
    "realtime.thread.marks", may=may_keep_thread, rows=keep_thread_rows, visible=VIEW_THREAD
)


# Posts.


def may_view_post(actor: Actor, post: ForumPost) -> bool:
    thread = post.thread
    if not may_view_thread(actor, thread):
        return False
    if post.seq == 1 or not thread.post_first or may_staff_course(actor, thread.course):
        return True
    own = _own_words(actor).filter(thread=thread)
    return post.author_id == actor.user_id or own.exists()


def view_post_rows(actor: Actor) -> QuerySet[ForumPost]:
    rows = ForumPost.objects.filter(thread__in=view_thread_rows(actor).values("pk"))
    wrote = Exists(_own_words(actor).filter(thread=OuterRef("thread")))
    staffed = Q(thread__course__in=staff_course_rows(actor).values("pk"))
    own = Q(author_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    return rows.filter(Q(seq=1) | Q(thread__post_first=False) | staffed | own | wrote)


def _own_words(actor: Actor) -> QuerySet[ForumPost]:
    """What the actor wrote in threads that stands, beside first posts."""
    mine = ForumPost.objects.filter(author_id=actor.user_id or 0, deleted_at=None)
    return mine.filter(seq__gt=1)


def may_edit_post(actor: Actor, post: ForumPost) -> bool:
    own = actor.user_id is not None and post.author_id == actor.user_id
    staffed = may_staff_course(actor, post.thread.course)
    return (own or staffed) and may_view_post(actor, post)


def edit_post_rows(actor: Actor) -> QuerySet[ForumPost]:
    staffed = Q(thread__course__in=staff_course_rows(actor).values("pk"))
    own = Q(author_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    return view_post_rows(actor).filter(staffed | own)


def may_keep_post(actor: Actor, post: ForumPost) -> bool:
    return may_staff_course(actor, post.thread.course) and may_view_post(actor, post)


def keep_post_rows(actor: Actor) -> QuerySet[ForumPost]:
    staffed = staff_course_rows(actor).values("pk")
    return view_post_rows(actor).filter(thread__course__in=staffed)


def may_promote_post(actor: Actor, post: ForumPost) -> bool:
    return may_manage_course(actor, post.thread.course) and may_view_post(actor, post)


def promote_post_rows(actor: Actor) -> QuerySet[ForumPost]:
    managed = manage_course_rows(actor).values("pk")
    return view_post_rows(actor).filter(thread__course__in=managed)


VIEW_POST = Rule("realtime.post.view", may=may_view_post, rows=view_post_rows)
USE_POST = Rule(
    "realtime.post.use", may=may_view_post, rows=view_post_rows, writes=True, visible=VIEW_POST
)
EDIT_POST = Rule(
    "realtime.post.edit", may=may_edit_post, rows=edit_post_rows, writes=True, visible=VIEW_POST
)
KEEP_POST = Rule(
    "realtime.post.keep", may=may_keep_post, rows=keep_post_rows, writes=True, visible=VIEW_POST
)
PROMOTE_POST = Rule(
    "realtime.post.promote",
    may=may_promote_post,
    rows=promote_post_rows,
    writes=True,
    visible=VIEW_POST,
)
VIEW_POST_HISTORY = Rule(
    "realtime.post.history", may=may_keep_post, rows=keep_post_rows, visible=VIEW_POST
)
