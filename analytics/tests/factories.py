"""Learners with figures, and events as the apps below and above publish them."""

import time
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from analytics.models import FoldState, LearnerFeature
from analytics.services.fold import STATE, fold
from assessments.events import AttemptStarted, AttemptSubmitted, GradeChanged
from courses.enums import CourseRole
from courses.events import LessonCompleted, LessonViewed
from courses.models import Course, Enrolment
from lms.kernel import actors, clock
from lms.kernel.events import Event, publish
from lms.kernel.models import EventRecord


def make_learner(course: Course, **enrolment: Any) -> User:
    """An active learner of a course; with a completion of 1 one who has finished it."""
    user: User = UserFactory()
    done = clock.now() if enrolment.get("completion", 0) >= 1 else None
    fields = {"role": CourseRole.LEARNER, "completed_at": done, **enrolment}
    Enrolment.objects.create(course=course, user=user, **fields)
    return user


def make_figures(course: Course, user: User, *, mean: str = "0.5", **fields: Any) -> LearnerFeature:
    """Running figures of a learner with two grades of a mean share."""
    return LearnerFeature.objects.create(
        course=course, user=user, score_sum=Decimal(mean) * 2, scored=2, **fields
    )


def tell(told: Event, *, at: datetime | None = None) -> int:
    """Publish an event in a transaction of its own, at a moment."""
    if at is None:
        with transaction.atomic():
            return publish(told, actor=actors.system("test"))
    with clock.travel(at), transaction.atomic():
        return publish(told, actor=actors.system("test"))


def viewed(course: Course, user: User, seconds: int = 60, **more: Any) -> int:
    """The learner spent time in a lesson."""
    event = LessonViewed(course_id=course.pk, lesson_id=1, learner_id=user.pk, seconds=seconds)
    return tell(event, **more)


def completed(course: Course, user: User, **more: Any) -> int:
    """The learner completed a lesson."""
    return tell(LessonCompleted(course_id=course.pk, lesson_id=1, learner_id=user.pk), **more)


def started(course: Course, user: User, **more: Any) -> int:
    """The learner began an attempt."""
    event = AttemptStarted(course_id=course.pk, attempt_id=1, quiz_id=1, learner_id=user.pk)
    return tell(event, **more)


def submitted(course: Course, user: User, *, by_clock: bool = False, **more: Any) -> int:
    """The learner's attempt ended."""
    event = AttemptSubmitted(
        course_id=course.pk,
        attempt_id=1,
        quiz_id=1,
        learner_id=user.pk,
        score="3",
        max_score="4",
        by_clock=by_clock,
    )
    return tell(event, **more)


def graded(course: Course, user: User, before: str | None, after: str, **more: Any) -> int:
    """The learner's grade changed, of four points."""
    event = GradeChanged(
        course_id=course.pk,
        grade_id=1,
        attempt_id=1,
        quiz_id=1,
        learner_id=user.pk,
        before=before,
        after=after,
        max_score="4",
        released=True,
        by_hand=before is not None,
    )
    return tell(event, **more)


def drain(seconds: float = 120.0) -> None:
    """Fold until nothing is left.

    On PostgreSQL the horizon is one for the whole server, so that transactions of other databases
    may hold it back for a moment.
    """
    deadline = time.monotonic() + seconds
    fold()
    while time.monotonic() < deadline and _left():
        time.sleep(0.05)
        fold()
    assert not _left()


def _left() -> bool:
    state = FoldState.objects.get(name=STATE)
    read = EventRecord.objects.filter(transaction_id__lt=state.transaction_id) | (
        EventRecord.objects.filter(transaction_id=state.transaction_id, id__lte=state.event_id)
    )
    rows = EventRecord.objects.filter(id__gt=state.floor_id).exclude(pk__in=read.values("pk"))
    return rows.exists()
