"""Graded discussions with a date, for the calendar and for what is due next."""

from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from assessments.queries.agenda import excusals
from assessments.queries.elsewhere import OtherWork
from courses.rules import LEARN_COURSE
from lms.kernel.actors import Actor
from realtime.models import ForumPost, ForumTask
from realtime.queries.forum_task import Progress, counts_by
from realtime.rules.forum import VIEW_THREAD


def graded_work(actor: Actor, courses: Collection[int] | None) -> list[OtherWork]:
    """The graded discussions that the asker sees and is not excused from; three queries.

    A thread's own restrictions hold: one of a group is told to its learners and the staff. Without
    `courses` those of the courses that the asker learns: administrators see the threads of all.
    """
    learner = actor.user_id
    if learner is None:
        return []
    rows = ForumTask.objects.filter(
        thread__in=VIEW_THREAD.rows(actor).values("pk"),
        thread__deleted_at=None,
        due_at__isnull=False,
    ).exclude(Exists(excusals(learner).filter(item=OuterRef("item"))))
    if courses is None:
        rows = rows.filter(thread__course__in=LEARN_COURSE.rows(actor))
    else:
        rows = rows.filter(thread__course__in=courses)
    tasks = list(rows.select_related("thread__course").order_by("due_at", "pk"))
    if not tasks:
        return []
    learning = LEARN_COURSE.rows(actor).filter(pk__in={one.thread.course_id for one in tasks})
    mine = set(learning.values_list("pk", flat=True))
    counts = _written(learner, tasks)
    return [_work(one, counts, learns=one.thread.course_id in mine) for one in tasks]


def _written(learner: int, tasks: list[ForumTask]) -> dict[int, tuple[int, int]]:
    """The learner's own posts and replies in time, by thread."""
    rows = ForumPost.objects.filter(
        Q(created_at__lte=F("thread__task__due_at")),
        thread__in=[one.thread_id for one in tasks],
        author=learner,
    )
    return counts_by("thread", rows)


def _work(task: ForumTask, counts: dict[int, tuple[int, int]], *, learns: bool) -> OtherWork:
    thread = task.thread
    posts, replies = counts.get(thread.pk, (0, 0))
    far = Progress(posts, task.posts_needed, replies, task.replies_needed, task.due_at)
    assert task.due_at is not None  # noqa: S101 - narrows the type
    return OtherWork(
        kind="discussion",
        id=thread.public_id,
        title=thread.title,
        path=reverse("forum-thread", args=[thread.course.slug, thread.public_id]),
        course=thread.course,
        due_at=task.due_at,
        changed_at=max(task.created_at, thread.created_at),
        waits=learns and not far.met,
        begun=bool(posts or replies),
    )
