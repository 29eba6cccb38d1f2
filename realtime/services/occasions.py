"""The occasions on which people are notified: who is told, in which words, with which link."""

from django.urls import reverse

from courses.enums import CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment, Invitation
from courses.queries.roles import active_members
from lms.kernel.actors import system
from realtime.enums import NotificationKind
from realtime.models import Announcement
from realtime.services.notify import notify


def tell_enrolled(*, enrolment_id: int) -> int:
    """Tell somebody that they are in a course now; returns how many were told (0 or 1)."""
    row = Enrolment.objects.select_related("course").filter(pk=enrolment_id).first()
    if row is None or row.state != EnrolmentState.ACTIVE or row.course.deleted_at is not None:
        return 0
    return notify(
        actor=system("realtime.enrolled"),
        kind=NotificationKind.ENROLLED,
        recipients=[row.user_id],
        course=row.course,
        key=f"enrolled:{row.pk}",
        args={"course": row.course.title},
        url=_course_url(row.course),
    )


def tell_invited(*, invitation_id: int, user_id: int) -> int:
    """Tell somebody with an account that a course asks them to join."""
    row = Invitation.objects.select_related("course").filter(pk=invitation_id).first()
    if row is None:
        return 0
    return notify(
        actor=system("realtime.invited"),
        kind=NotificationKind.INVITED,
        recipients=[user_id],
        course=row.course,
        key=f"invited:{row.pk}",
        args={"course": row.course.title},
        url=_course_url(row.course),
    )


def tell_announcement(*, announcement_id: int) -> int:
    """Tell every active member but the author; nothing when it was deleted meanwhile."""
    row = (
        Announcement.objects.select_related("course")
        .filter(pk=announcement_id, deleted_at=None)
        .first()
    )
    if row is None or row.course.deleted_at is not None:
        return 0
    members = active_members(row.course)
    if row.course.state == CourseState.DRAFT:
        members = members.filter(role__in=[CourseRole.INSTRUCTOR, CourseRole.ASSISTANT])
    ids = set(members.values_list("user_id", flat=True)) - {row.author_id}
    return notify(
        actor=system("realtime.announcement"),
        kind=NotificationKind.ANNOUNCEMENT,
        recipients=ids,
        course=row.course,
        key=f"announcement:{row.pk}",
        args={"course": row.course.title, "subject": row.title},
        url=f"{announcements_url(row.course)}#{row.public_id}",
    )


def announcements_url(course: Course) -> str:
    """The page with the course's announcements."""
    return reverse("course-announcements", kwargs={"slug": course.slug})


def _course_url(course: Course) -> str:
    return f"/c/{course.slug}/"
