"""Grade a discussion: tie a thread to a column of the gradebook, and give marks."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import Grade, GradeItem
from assessments.services.cells import set_cell
from assessments.services.gradebook import (
    ItemFields,
    create_manual_item,
    delete_item,
    update_item,
)
from courses.services.moments import require_moments
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require
from realtime.events import ThreadKept
from realtime.models import ForumTask, ForumThread
from realtime.queries.forum_task import graded_learners
from realtime.rules.forum import GRADE_THREAD, KEEP_THREAD
from realtime.services.forum import locked_thread

MOST_NEEDED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWish:
    """What a graded discussion asks for, and how many points its column has."""

    points: Decimal
    due_at: datetime | None = None
    posts_needed: int = 1
    replies_needed: int = 2
    post_first: bool = False


def set_task(*, actor: Actor, thread: ForumThread, wish: TaskWish) -> ForumTask:
    """Grade a thread, or ask for something else in a graded one.

    Its column is one graded by hand. Raises NotFound, Denied (instructors alone), Invalid naming
    the field, Conflict `has_anonymous` where somebody wrote without their name, and what the
    gradebook raises.
    """
    require(actor, GRADE_THREAD, thread)
    for field in ("posts_needed", "replies_needed"):
        if not 0 <= getattr(wish, field) <= MOST_NEEDED:
            raise Invalid(_("Between 0 and %s.") % MOST_NEEDED, field=field)
    require_moments(due_at=wish.due_at)
    with transaction.atomic():
        row = locked_thread(thread.pk)
        if row.deleted_at is not None:
            raise Conflict(_("This thread was deleted."), code="deleted")
        if row.pseudonyms:
            words = _("Somebody wrote here without their name: such a thread is not graded.")
            raise Conflict(words, code="has_anonymous")
        task = ForumTask.objects.select_related("item__category").filter(thread=row).first()
        item = _column(actor, row, task.item if task else None, wish.points)
        task, made = ForumTask.objects.update_or_create(
            thread=row,
            defaults={
                "item": item,
                "due_at": wish.due_at,
                "posts_needed": wish.posts_needed,
                "replies_needed": wish.replies_needed,
            },
        )
        row.post_first = wish.post_first
        row.save(update_fields=["post_first"])
        if made:
            _told(actor, row, on=True)
    return task


def drop_task(*, actor: Actor, thread: ForumThread) -> None:
    """Grade a thread no longer; its column goes too, unless there are grades in it."""
    require(actor, GRADE_THREAD, thread)
    with transaction.atomic():
        row = locked_thread(thread.pk)
        task = ForumTask.objects.select_related("item__course").filter(thread=row).first()
        if task is None:
            return
        item = task.item
        task.delete()
        if item is not None and not item.grades.exists():
            delete_item(actor=actor, item=item)
        row.post_first = False
        row.save(update_fields=["post_first"])
        _told(actor, row, on=False)


def mark_learner(
    *,
    actor: Actor,
    thread: ForumThread,
    learner: User,
    score: Decimal,
    expected: int | None = None,
) -> Grade:
    """Give a learner their points for a graded discussion; learners see them once posted.

    Raises NotFound for somebody of whom nothing is asked, Denied, Conflict `no_column`, and what
    the gradebook raises.
    """
    require(actor, KEEP_THREAD, thread)
    task = ForumTask.objects.select_related("item__course").filter(thread=thread).first()
    if task is None or not graded_learners(thread).filter(pk=learner.pk).exists():
        raise NotFound
    if task.item is None:
        words = _("Its column was removed from the gradebook. Save the task to make another one.")
        raise Conflict(words, code="no_column")
    return set_cell(actor=actor, item=task.item, learner=learner, score=score, expected=expected)


def _column(
    actor: Actor, thread: ForumThread, item: GradeItem | None, points: Decimal
) -> GradeItem:
    if item is None:
        fields = ItemFields(title=thread.title, max_score=points)
        return create_manual_item(actor=actor, course=thread.course, fields=fields)
    if item.max_score == points:
        return item
    fields = ItemFields(
        title=item.title,
        max_score=points,
        category=item.category,
        weight=item.weight,
        extra=item.extra,
        period=item.period,
    )
    return update_item(actor=actor, item=item, fields=fields)


def _told(actor: Actor, thread: ForumThread, *, on: bool) -> None:
    told = ThreadKept(thread_id=thread.pk, what="graded", on=on, course_id=thread.course_id)
    publish(told, actor=actor)
