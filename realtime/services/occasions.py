"""The occasions on which people are notified: who is told, in which words, with which link."""

from django.urls import reverse

from assessments.enums import QuizState
from assessments.models import GradeItem, Quiz
from courses.enums import CourseRole, CourseState, EnrolmentState, InvitationState
from courses.models import Course, Enrolment, Invitation
from courses.queries.roles import active_members
from courses.services.invitation import token_of
from lms.kernel.actors import system
from lms.kernel.models import EventRecord
from realtime.enums import NotificationKind
from realtime.models import Announcement, Notification
from realtime.services.notify import notify

INVITED_KEY = "invited:"


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
    """Tell somebody with an account that a course asks them to join; its mail is on its way."""
    row = Invitation.objects.select_related("course").filter(pk=invitation_id).first()
    if row is None:
        return 0
    return notify(
        actor=system("realtime.invited"),
        kind=NotificationKind.INVITED,
        recipients=[user_id],
        course=row.course,
        key=f"{INVITED_KEY}{row.pk}",
        args={"course": row.course.title},
        url=_course_url(row.course),
        by_mail=False,
    )


def tell_quiz(*, quiz_id: int) -> int:
    """Tell the learners of a course that a quiz is open; nothing while its lesson is hidden."""
    quiz = Quiz.objects.select_related("lesson", "course").filter(pk=quiz_id).first()
    if quiz is None or quiz.state != QuizState.PUBLISHED:
        return 0
    lesson, course = quiz.lesson, quiz.course
    if not (lesson.published and lesson.deleted_at is None and course.is_live):
        return 0
    learners = active_members(course).filter(role=CourseRole.LEARNER)
    return notify(
        actor=system("realtime.quiz"),
        kind=NotificationKind.QUIZ_PUBLISHED,
        recipients=learners.values_list("user_id", flat=True),
        course=course,
        key=f"quiz:{quiz.pk}",
        args={"course": course.title, "subject": lesson.title},
        url=f"/c/{course.slug}/learn/{lesson.public_id}/",
    )


def quiz_of_lesson(lesson_id: int) -> int | None:
    """The quiz of a lesson, None for other lessons."""
    return Quiz.objects.filter(lesson_id=lesson_id).values_list("pk", flat=True).first()


def tell_grade(
    *,
    quiz_id: int | None,
    learner_id: int,
    record_id: int,
    changed: bool = False,
    item_id: int | None = None,
) -> int:
    """Tell a learner of a released grade that somebody else gave or changed; not the number."""
    by = EventRecord.objects.filter(pk=record_id).values_list("actor_id", flat=True).first()
    where = {"quiz_id": quiz_id} if item_id is None else {"pk": item_id}
    item = GradeItem.objects.select_related("quiz__lesson", "course").filter(**where).first()
    if item is None or by == learner_id:
        return 0
    member = active_members(item.course).filter(user_id=learner_id)
    return notify(
        actor=system("realtime.grade"),
        kind=NotificationKind.GRADE_CHANGED,
        recipients=member.values_list("user_id", flat=True),
        course=item.course,
        key=f"grade:{record_id}",
        args={
            "course": item.course.title,
            "subject": item.name,
            **({"changed": "1"} if changed else {}),
        },
        url=f"/c/{item.course.slug}/grades/",
    )


def link_of(notification: Notification) -> str:
    """Where it leads. An invitation's link holds a secret, so it is derived, never stored."""
    if notification.kind != NotificationKind.INVITED:
        return notification.url
    number = notification.key.removeprefix(INVITED_KEY)
    row = Invitation.objects.filter(pk=int(number), state=InvitationState.SENT).first()
    return f"/invitations/{token_of(row)}/" if row is not None else notification.url


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
        key=announcement_key(row.pk),
        args={"course": row.course.title, "subject": row.title},
        url=f"{announcements_url(row.course)}#{row.public_id}",
    )


def announcement_key(pk: int) -> str:
    """By what people's notifications of an announcement are known."""
    return f"announcement:{pk}"


def announcements_url(course: Course) -> str:
    """The page with the course's announcements."""
    return reverse("course-announcements", kwargs={"slug": course.slug})


def _course_url(course: Course) -> str:
    return f"/c/{course.slug}/"
