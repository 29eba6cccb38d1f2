"""What people are told of, and whose sockets close, when something happened in lower apps."""

from courses.enums import EnrolmentSource
from courses.events import LearnerEnrolled, LearnerInvited, LearnerLeft, MemberRemoved, RoleChanged
from lms.kernel import push
from lms.kernel.actors import system
from lms.kernel.events import subscribe
from lms.kernel.jobs import enqueue
from realtime.enums import CloseCode
from realtime.events import AnnouncementPublished
from realtime.queries.chat import room_name
from realtime.services.occasions import tell_enrolled, tell_invited


@subscribe(LearnerEnrolled, name="realtime.notify_enrolled")
def notify_enrolled(event: LearnerEnrolled, _record_id: int) -> None:
    """Tell a new member, unless the course is their own making."""
    if event.source != EnrolmentSource.CREATOR:
        tell_enrolled(enrolment_id=event.enrolment_id)


@subscribe(LearnerInvited, name="realtime.notify_invited")
def notify_invited(event: LearnerInvited, _record_id: int) -> None:
    """Tell an invited person who has an account already."""
    if event.user_id is not None:
        tell_invited(invitation_id=event.invitation_id, user_id=event.user_id)


@subscribe(AnnouncementPublished, name="realtime.announce")
def spread_announcement(event: AnnouncementPublished, _record_id: int) -> None:
    """Tell the members in a job: a course may have thousands."""
    enqueue(
        "realtime.tell_announcement",
        actor=system("realtime.announce"),
        params={"announcement_id": event.announcement_id},
        course_id=event.course_id,
        idempotency_key=f"announcement:{event.announcement_id}",
    )


@subscribe(MemberRemoved, name="realtime.close_removed")
def close_removed(event: MemberRemoved, _record_id: int) -> None:
    """R5: who was removed leaves the room."""
    _close(event.course_id, event.member_id)


@subscribe(LearnerLeft, name="realtime.close_left")
def close_left(event: LearnerLeft, _record_id: int) -> None:
    """R5: who left the course leaves the room."""
    _close(event.course_id, event.learner_id)


@subscribe(RoleChanged, name="realtime.close_role_changed")
def close_role_changed(event: RoleChanged, _record_id: int) -> None:
    """R5: another role needs another socket; the page opens one by itself."""
    _close(event.course_id, event.member_id)


def _close(course_id: int | None, user_id: int) -> None:
    if course_id is not None:
        push.close_room_member(room_name(course_id), user_id, CloseCode.NOT_ALLOWED)
