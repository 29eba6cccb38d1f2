"""The occasions of assignments: a new one, a receipt, work that comes back."""

from assessments.enums import AssignmentState
from assessments.models import Assignment, Submission
from courses.enums import CourseRole
from courses.queries.roles import active_members
from lms.kernel.actors import system
from realtime.enums import NotificationKind
from realtime.services.notify import notify


def tell_assignment(*, assignment_id: int) -> int:
    """Tell the learners of a course of an open assignment; nothing while its lesson is hidden."""
    row = Assignment.objects.select_related("lesson", "course").filter(pk=assignment_id).first()
    if row is None or row.state != AssignmentState.PUBLISHED:
        return 0
    lesson, course = row.lesson, row.course
    if not (lesson.published and lesson.deleted_at is None and course.is_live):
        return 0
    learners = active_members(course).filter(role=CourseRole.LEARNER)
    return notify(
        actor=system("realtime.assignment"),
        kind=NotificationKind.ASSIGNMENT_PUBLISHED,
        recipients=learners.values_list("user_id", flat=True),
        course=course,
        key=f"assignment:{row.pk}",
        args={"course": course.title, "subject": lesson.title},
        url=_work_url(row),
    )


def assignment_of_lesson(lesson_id: int) -> int | None:
    """The assignment of a lesson, None for other lessons."""
    rows = Assignment.objects.filter(lesson_id=lesson_id)
    return rows.values_list("pk", flat=True).first()


def tell_received(*, submission_id: int, number: int) -> int:
    """A receipt for everybody whose work it is; returns how many were told."""
    return _tell_authors(
        submission_id,
        kind=NotificationKind.SUBMISSION_RECEIVED,
        key=f"received:{submission_id}:{number}",
    )


def tell_returned(*, submission_id: int, record_id: int, revise: bool) -> int:
    """Tell everybody whose work it is that it came back; not the grade."""
    return _tell_authors(
        submission_id,
        kind=NotificationKind.SUBMISSION_RETURNED,
        key=f"returned:{record_id}",
        more={"revise": "1"} if revise else {},
    )


def _tell_authors(
    submission_id: int, *, kind: NotificationKind, key: str, more: dict[str, str] | None = None
) -> int:
    related = ("assignment__lesson", "assignment__course")
    row = Submission.objects.select_related(*related).filter(pk=submission_id).first()
    if row is None:
        return 0
    asked = row.assignment
    authors = row.members.values("learner_id")
    members = active_members(asked.course).filter(user_id__in=authors)
    return notify(
        actor=system("realtime.submission"),
        kind=kind,
        recipients=members.values_list("user_id", flat=True),
        course=asked.course,
        key=key,
        args={"course": asked.course.title, "subject": asked.lesson.title, **(more or {})},
        url=_work_url(asked),
    )


def _work_url(row: Assignment) -> str:
    return f"/c/{row.course.slug}/learn/{row.lesson.public_id}/"
