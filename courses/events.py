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


@event("courses.preview_stopped")
@dataclass(frozen=True, kw_only=True)
class PreviewStopped(Event):
    """Staff returned from viewing the course as a student (Z8)."""

    staff_id: int


@event("courses.course_created")
@dataclass(frozen=True, kw_only=True)
class CourseCreated(Event):
    """A course came to be, as a draft."""


@event("courses.course_changed")
@dataclass(frozen=True, kw_only=True)
class CourseChanged(Event):
    """Settings of a course changed."""


@event("courses.course_archived")
@dataclass(frozen=True, kw_only=True)
class CourseArchived(Event):
    """A course left the catalogue; its members can still read it."""


@event("courses.course_deleted")
@dataclass(frozen=True, kw_only=True)
class CourseDeleted(Event):
    """A course was deleted; its instructors can take that back."""


@event("courses.course_restored")
@dataclass(frozen=True, kw_only=True)
class CourseRestored(Event):
    """A deletion was taken back."""


@event("courses.outline_changed")
@dataclass(frozen=True, kw_only=True)
class OutlineChanged(Event):
    """Sections or lessons were added, renamed, moved, deleted or restored.

    `action` is a word such as "lesson_moved"; the id is of what it happened to, 0 for the whole.
    """

    action: str
    subject_id: int = 0


@event("courses.lesson_draft_saved")
@dataclass(frozen=True, kw_only=True)
class LessonDraftSaved(Event):
    """A draft of a lesson was written; learners do not see it."""

    lesson_id: int
    version_id: int


@event("courses.lesson_hidden")
@dataclass(frozen=True, kw_only=True)
class LessonHidden(Event):
    """A lesson went back behind the scenes: unpublished or deleted."""

    lesson_id: int


@event("courses.attachment_added")
@dataclass(frozen=True, kw_only=True)
class AttachmentAdded(Event):
    """A file was put into a course."""

    attachment_id: int
    lesson_id: int | None


@event("courses.attachment_removed")
@dataclass(frozen=True, kw_only=True)
class AttachmentRemoved(Event):
    """A file was taken out of a course."""

    attachment_id: int
    lesson_id: int | None


@event("courses.invitation_revoked")
@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(Event):
    """An invitation no longer works."""

    invitation_id: int


@event("courses.invitation_accepted")
@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(Event):
    """Somebody came by an invitation."""

    invitation_id: int
    enrolment_id: int
    user_id: int


@event("courses.join_link_changed")
@dataclass(frozen=True, kw_only=True)
class JoinLinkChanged(Event):
    """The join link was switched on or off, or its code replaced."""

    on: bool


@event("courses.group_changed")
@dataclass(frozen=True, kw_only=True)
class GroupChanged(Event):
    """Learners came into a group of learners or left it."""

    group_id: int
