"""Graded discussions: what counts, how far a learner is, and what whoever marks reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from assessments.models import Grade
from courses.models import Course
from courses.queries.group import learners_of
from courses.queries.group import members as group_members
from courses.rules import LEARN_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require
from realtime.models import ForumPost, ForumTask, ForumThread
from realtime.queries.mentions import fresh
from realtime.rules.forum import VIEW_MARKS, VIEW_THREAD

PAGE = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """What somebody wrote in time of what a graded discussion asks for."""

    posts: int
    posts_needed: int
    replies: int
    replies_needed: int
    due_at: datetime | None

    @property
    def met(self) -> bool:
        """Whether it is all there."""
        return self.posts >= self.posts_needed and self.replies >= self.replies_needed

    @property
    def over(self) -> bool:
        """Whether what is written now counts no more."""
        return self.due_at is not None and self.due_at < clock.now()


@dataclass(frozen=True, slots=True)
class Marked:
    """A learner in a graded discussion, for whoever marks it: counts, grade, their posts."""

    learner: User
    progress: Progress
    score: Decimal | None
    version: int
    posts: list[ForumPost]


def task_of(thread: ForumThread) -> ForumTask | None:
    """What makes a thread a graded one."""
    return ForumTask.objects.select_related("item__course").filter(thread=thread).first()


def graded_threads(actor: Actor, course: Course) -> QuerySet[ForumThread]:
    """The graded discussions of a course whose marks the actor may read, the next due first."""
    rows = VIEW_MARKS.rows(actor).filter(course=course, deleted_at=None, task__isnull=False)
    return rows.select_related("task").order_by(F("task__due_at").asc(nulls_last=True), "-pk")


def course_tasks(actor: Actor, course: Course) -> QuerySet[ForumTask]:
    """The graded discussions of a course that the actor reads, the next due first."""
    threads = VIEW_THREAD.rows(actor).filter(course=course, deleted_at=None)
    rows = ForumTask.objects.filter(thread__in=threads.values("pk"))
    return rows.select_related("thread", "item").order_by(F("due_at").asc(nulls_last=True), "-pk")


def progress_in(actor: Actor, course: Course, tasks: Sequence[ForumTask]) -> dict[int, Progress]:
    """How far the actor is in each, by its key; none where nothing is asked of them. One query."""
    if not LEARN_COURSE.may(actor, course):
        return {}
    rows = ForumPost.objects.filter(
        Q(thread__task__due_at=None) | Q(created_at__lte=F("thread__task__due_at")),
        thread__in=[task.thread_id for task in tasks],
        author=actor.user_id or 0,
    )
    counts = counts_by("thread", rows)
    return {task.pk: _progress(task, counts.get(task.thread_id, (0, 0))) for task in tasks}


def progress_of(actor: Actor, thread: ForumThread) -> Progress | None:
    """How far the actor is; None where nothing is asked of them."""
    task = task_of(thread)
    if task is None or not LEARN_COURSE.may(actor, thread.course):
        return None
    return _progress(task, _counts(task, [actor.user_id or 0]).get(actor.user_id or 0, (0, 0)))


def graded_learners(thread: ForumThread) -> QuerySet[User]:
    """The learners of whom a graded discussion asks something, by name."""
    if thread.group_only:
        return group_members(thread.group) if thread.group else User.objects.none()
    return learners_of(thread.course_id)


def graded_learner(thread: ForumThread, public_id: str) -> User:
    """One of them. Raises NotFound."""
    found = None
    if "\0" not in public_id:
        found = graded_learners(thread).filter(public_id=public_id[:40]).first()
    if found is None:
        raise NotFound
    return found


def rows_of_marks(actor: Actor, thread: ForumThread) -> tuple[QuerySet[User], ForumTask]:
    """The learners of a graded discussion, who wrote first, and what is asked of them.

    Raises NotFound, Denied, and NotFound for a thread that is not graded.
    """
    require(actor, VIEW_MARKS, thread)
    task = ForumTask.objects.select_related("item").filter(thread=thread).first()
    if task is None:
        raise NotFound
    wrote = ForumPost.objects.filter(thread=thread, author=OuterRef("pk"), seq__gt=1)
    asked = graded_learners(thread).annotate(wrote=Exists(wrote.filter(deleted_at=None)))
    return asked.order_by("-wrote", "name", "pk"), task


def marks_of(actor: Actor, thread: ForumThread, number: str | None) -> tuple[Page[Any], ForumTask]:
    """A page of learners as `Marked`, and the task. Raises what `rows_of_marks` raises."""
    people, task = rows_of_marks(actor, thread)
    page: Page[Any] = Paginator(people, PAGE).get_page(number)
    page.object_list = marked_learners(task, list(page.object_list))
    return page, task


def marked_learners(task: ForumTask, people: list[User]) -> list[Marked]:
    """Learners with what they wrote and their grade; three queries, however many."""
    counts = _counts(task, [row.pk for row in people])
    given = Grade.objects.filter(item=task.item, learner__in=people)
    grades = {row.learner_id: row for row in given}
    posts: dict[int, list[ForumPost]] = {}
    written = ForumPost.objects.filter(thread=task.thread_id, author__in=people, deleted_at=None)
    for post in written.filter(seq__gt=1).order_by("seq"):
        posts.setdefault(post.author_id or 0, []).append(fresh(post))
    return [
        Marked(
            person,
            _progress(task, counts.get(person.pk, (0, 0))),
            grades[person.pk].score if person.pk in grades else None,
            grades[person.pk].version if person.pk in grades else 0,
            posts.get(person.pk, []),
        )
        for person in people
    ]


def _counts(task: ForumTask, people: list[int]) -> dict[int, tuple[int, int]]:
    """Posts of one's own and replies to others that stand and were written in time."""
    rows = ForumPost.objects.filter(thread=task.thread_id, author__in=people)
    if task.due_at is not None:
        rows = rows.filter(created_at__lte=task.due_at)
    return counts_by("author", rows)


def counts_by(key: str, rows: QuerySet[ForumPost]) -> dict[int, tuple[int, int]]:
    """Of these posts those that stand and count: posts of one's own and replies, by a column."""
    own = Q(parent=None) | Q(parent__seq=1)
    reply = Q(parent__seq__gt=1) & ~Q(parent__author=F("author"))
    counted = (
        rows.filter(deleted_at=None, seq__gt=1)
        .order_by()
        .values_list(key)
        .annotate(own=Count("pk", filter=own), replies=Count("pk", filter=reply))
    )
    return {of: (posts, replies) for of, posts, replies in counted}


def _progress(task: ForumTask, counted: tuple[int, int]) -> Progress:
    posts, replies = counted
    return Progress(posts, task.posts_needed, replies, task.replies_needed, task.due_at)
