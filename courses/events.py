"""What happens in courses."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("courses.course_published")
@dataclass(frozen=True, kw_only=True)
class CoursePublished(Event):
    """A course went live."""


@event("courses.lesson_published")
@dataclass(frozen=True, kw_only=True)
class LessonPublished(Event):
    """A version of a lesson went live."""

    lesson_id: int
    version_id: int


@event("courses.learner_enrolled")
@dataclass(frozen=True, kw_only=True)
class LearnerEnrolled(Event):
    """Somebody became a member of a course, whatever the role."""

    enrolment_id: int
    learner_id: int
    role: str
    source: str


@event("courses.learner_left")
@dataclass(frozen=True, kw_only=True)
class LearnerLeft(Event):
    """A learner left by themselves."""

    enrolment_id: int
    learner_id: int


@event("courses.member_removed")
@dataclass(frozen=True, kw_only=True)
class MemberRemoved(Event):
    """Staff removed somebody."""

    enrolment_id: int
    member_id: int


@event("courses.role_changed")
@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A member's role changed."""

    enrolment_id: int
    member_id: int
    role_before: str
    role_after: str


@event("courses.learner_invited")
@dataclass(frozen=True, kw_only=True)
class LearnerInvited(Event):
    """An invitation was written; `user_id` when the address has an account."""

    invitation_id: int
    user_id: int | None
    role: str


@event("courses.lesson_viewed")
@dataclass(frozen=True, kw_only=True)
class LessonViewed(Event):
    """Time spent in a lesson, as accepted by the server, in seconds."""

    lesson_id: int
    learner_id: int
    seconds: int


@event("courses.lesson_completed")
@dataclass(frozen=True, kw_only=True)
class LessonCompleted(Event):
    """A learner finished a lesson."""

    lesson_id: int
    learner_id: int


@event("courses.course_completed")
@dataclass(frozen=True, kw_only=True)
class CourseCompleted(Event):
    """A learner finished every published lesson."""

    enrolment_id: int
    learner_id: int


@event("courses.preview_started")
@dataclass(frozen=True, kw_only=True)
class PreviewStarted(Event):
    """Staff began to view the course as a student (Z8)."""

    staff_id: int
