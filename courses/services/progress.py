"""How far learners are: time spent, where to resume, what is done, and the course's counters."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    Max,
    OuterRef,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from courses.enums import HANDED_IN, CourseRole, EnrolmentState, LessonKind, ProgressState
from courses.events import CourseCompleted, LessonCompleted, LessonViewed
from courses.models import Course, Enrolment, Lesson, LessonProgress
from courses.queries.live import live_lessons
from courses.rules import LEARN_COURSE, VIEW_LESSON
from courses.services.stamp import renew_stamp
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require

# A ping tells of the time since the one before; a longer silence means that nobody was there.
MAX_STEP_SECONDS: Final = 300
MAX_POSITION: Final = 1_000_000


@transaction.atomic
def open_lesson(*, actor: Actor, lesson: Lesson) -> LessonProgress:
    """Note that a learner opened a lesson: it becomes the place to resume, its clock starts."""
    enrolment = _own_enrolment(actor, lesson)
    row, fresh = _row(enrolment, lesson)
    if not fresh:
        row.pinged_at = clock.now()
        row.save(update_fields=["pinged_at"])
    _touch(enrolment, lesson, seconds=0)
    if fresh:
        _tell_viewed(actor, enrolment, lesson, seconds=0)
    return row


@transaction.atomic
def record_progress(
    *, actor: Actor, lesson: Lesson, seconds: int, position: int | None = None
) -> LessonProgress:
    """Add time spent in a lesson and remember where to resume.

    `seconds` since the last ping are accepted up to the wall time that passed since the learner's
    last ping in this course (at most `MAX_STEP_SECONDS`), so that no number of tabs and no client
    can claim more time than there was. `position` is seconds of a video, or percent of the page.
    Raises Invalid for a negative or absurd number, and what `require` raises.
    """
    _require_number(seconds, "seconds")
    _require_number(position or 0, "position")
    enrolment = _own_enrolment(actor, lesson)
    before = _last_ping(enrolment)
    row, fresh = _row(enrolment, lesson)
    now = clock.now()
    passed = int((now - before).total_seconds())
    accepted = max(0, min(seconds, passed, MAX_STEP_SECONDS))
    row.seconds += accepted
    row.pinged_at = now
    if position is not None:
        row.position = position
    row.save(update_fields=["seconds", "pinged_at", "position"])
    _touch(enrolment, lesson, seconds=accepted)
    if fresh or accepted:
        _tell_viewed(actor, enrolment, lesson, seconds=accepted)
    return row


@transaction.atomic
def complete_lesson(*, actor: Actor, lesson: Lesson) -> LessonProgress:
    """Mark a lesson as done by oneself; idempotent.

    Raises Conflict `quiz_decides` or `assignment_decides` for what is done by submitting it.
    """
    enrolment = _own_enrolment(actor, lesson)
    if lesson.kind in HANDED_IN:
        quiz = lesson.kind == LessonKind.QUIZ
        words = _("A quiz is done when you submit it.")
        more = _("An assignment is done when you submit it.")
        raise Conflict(words if quiz else more, code=f"{lesson.kind}_decides")
    return _complete(actor, enrolment, lesson)


@transaction.atomic
def complete_for_learner(*, actor: Actor, lesson: Lesson, learner: User) -> LessonProgress | None:
    """Mark a lesson as done because of something else, such as a submitted quiz; idempotent.

    `actor` is the learner or the system; None when the person is no active learner of the course.
    """
    if not actor.is_system and actor.user_id != learner.pk:
        raise Denied
    rows = Enrolment.objects.filter(
        course_id=lesson.course_id,
        user_id=learner.pk,
        role=CourseRole.LEARNER,
        state=EnrolmentState.ACTIVE,
    )
    enrolment = lock(rows).first()
    return None if enrolment is None else _complete(actor, enrolment, lesson)


def recount_course(*, actor: Actor, course: Course) -> None:
    """Bring the counters of a course and of its enrolments up to date after its outline changed.

    The caller holds the course's lock. One UPDATE for all enrolments; those who are complete by
    it are told of once.
    """
    lessons = live_lessons(course.pk)
    totals = lessons.aggregate(lessons=Count("pk"), minutes=Coalesce(Sum("minutes"), 0))
    course.lesson_count, course.minutes = totals["lessons"], totals["minutes"]
    Course.objects.filter(pk=course.pk).update(
        lesson_count=course.lesson_count, minutes=course.minutes
    )
    renew_stamp()
    enrolments = Enrolment.objects.filter(course=course)
    enrolments.update(completed_lessons=_done_count(course.pk))
    enrolments.update(completion=_share(course.lesson_count))
    for enrolment in enrolments.filter(
        completion__gte=1, completed_at=None, role=CourseRole.LEARNER, state=EnrolmentState.ACTIVE
    ):
        _finish_course(actor, enrolment)


def finish_where_done(*, actor: Actor, enrolment: Enrolment) -> None:
    """Finish the course for a learner who has done all of it, and had not finished it yet.

    Lessons can be hidden while somebody is away: who comes back may have nothing left to do. The
    caller holds the enrolment's lock.
    """
    active = enrolment.role == CourseRole.LEARNER and enrolment.state == EnrolmentState.ACTIVE
    if active and enrolment.completion >= 1 and enrolment.completed_at is None:
        _finish_course(actor, enrolment)


def _own_enrolment(actor: Actor, lesson: Lesson) -> Enrolment:
    """The actor's enrolment, locked, after checking that they learn here and see the lesson."""
    require(actor, VIEW_LESSON, lesson)
    require(actor, LEARN_COURSE, lesson.course)
    if not lesson.published or lesson.deleted_at is not None:
        raise NotFound
    rows = Enrolment.objects.filter(course_id=lesson.course_id, user=actor.user_id)
    return lock(rows).get()


def _row(enrolment: Enrolment, lesson: Lesson) -> tuple[LessonProgress, bool]:
    now = clock.now()
    return LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson=lesson, defaults={"started_at": now, "pinged_at": now}
    )


def _last_ping(enrolment: Enrolment) -> datetime:
    last = enrolment.progress.aggregate(last=Max("pinged_at"))["last"]
    return last or enrolment.created_at


def _touch(enrolment: Enrolment, lesson: Lesson, *, seconds: int) -> None:
    enrolment.last_active_at = clock.now()
    enrolment.resume_lesson = lesson
    enrolment.seconds += seconds
    enrolment.save(update_fields=["last_active_at", "resume_lesson", "seconds"])


def _complete(actor: Actor, enrolment: Enrolment, lesson: Lesson) -> LessonProgress:
    row, changed = _completed_row(enrolment, lesson)
    if not changed:
        return row
    enrolment.last_active_at = clock.now()
    enrolment.resume_lesson = lesson
    enrolment.completed_lessons = _done_lessons(enrolment)
    total = live_lessons(lesson.course_id).count()
    enrolment.completion = min(1.0, enrolment.completed_lessons / total) if total else 0.0
    enrolment.save(
        update_fields=["last_active_at", "resume_lesson", "completed_lessons", "completion"]
    )
    told = LessonCompleted(
        course_id=lesson.course_id, lesson_id=lesson.pk, learner_id=enrolment.user_id
    )
    publish(told, actor=actor)
    finish_where_done(actor=actor, enrolment=enrolment)
    return row


def _completed_row(enrolment: Enrolment, lesson: Lesson) -> tuple[LessonProgress, bool]:
    """The complete progress in a lesson, and whether that is new; the enrolment is locked."""
    now = clock.now()
    done = {"state": ProgressState.COMPLETED, "completed_at": now}
    row = LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson).first()
    if row is None:
        fresh = {"started_at": now, "pinged_at": now, **done}
        return LessonProgress.objects.create(enrolment=enrolment, lesson=lesson, **fresh), True
    if row.state == ProgressState.COMPLETED:
        return row, False
    row.state, row.completed_at = ProgressState.COMPLETED, now
    row.save(update_fields=[*done])
    return row, True


def _finish_course(actor: Actor, enrolment: Enrolment) -> None:
    enrolment.completed_at = clock.now()
    enrolment.save(update_fields=["completed_at"])
    told = CourseCompleted(
        course_id=enrolment.course_id,
        enrolment_id=enrolment.pk,
        learner_id=enrolment.user_id,
    )
    publish(told, actor=actor)


def _tell_viewed(actor: Actor, enrolment: Enrolment, lesson: Lesson, *, seconds: int) -> None:
    told = LessonViewed(
        course_id=lesson.course_id,
        lesson_id=lesson.pk,
        learner_id=enrolment.user_id,
        seconds=seconds,
    )
    publish(told, actor=actor)


def _done_lessons(enrolment: Enrolment) -> int:
    return enrolment.progress.filter(
        state=ProgressState.COMPLETED, lesson__in=live_lessons(enrolment.course_id)
    ).count()


def _done_count(course_id: int) -> Coalesce:
    done = (
        LessonProgress.objects.filter(
            enrolment=OuterRef("pk"),
            state=ProgressState.COMPLETED,
            lesson__in=live_lessons(course_id).order_by().values("pk"),
        )
        .order_by()
        .values("enrolment")
        .annotate(done=Count("pk"))
        .values("done")
    )
    return Coalesce(Subquery(done, output_field=IntegerField()), 0)


def _share(lesson_count: int) -> Case | Value:
    if not lesson_count:
        return Value(0.0)
    share = Cast(F("completed_lessons"), FloatField()) / Value(float(lesson_count))
    return Case(
        When(completed_lessons__gte=lesson_count, then=Value(1.0)),
        default=share,
        output_field=FloatField(),
    )


def _require_number(value: int, field: str) -> None:
    if not 0 <= value <= MAX_POSITION:
        raise Invalid(_("This number is out of range."), field=field)
