"""What people are told of, and whose sockets close, when something happened in lower apps."""

from accounts.events import PasswordChanged, PersonDeactivated, PersonErased
from ai.events import BudgetReached, ExchangeSettled
from assessments.events import (
    AssignmentPublished,
    GradeChanged,
    QuizPublished,
    SubmissionReceived,
    SubmissionReturned,
)
from courses.enums import EnrolmentSource
from courses.events import (
    LearnerEnrolled,
    LearnerInvited,
    LearnerLeft,
    LessonPublished,
    MemberRemoved,
    RoleChanged,
)
from lms.kernel import push
from lms.kernel.actors import system
from lms.kernel.events import subscribe
from lms.kernel.jobs import enqueue
from realtime.enums import CloseCode
from realtime.events import (
    AnnouncementPublished,
    DirectSent,
    PeopleMeant,
    PostWritten,
    QuestionSolved,
    ThreadStarted,
)
from realtime.queries.chat import room_name
from realtime.services.ai_occasions import tell_budget, tell_reply
from realtime.services.browsers import forget_browsers
from realtime.services.chat_occasions import tell_mentioned
from realtime.services.direct_occasions import tell_direct
from realtime.services.erasure import forget_emptied_messages, forget_emptied_posts
from realtime.services.forum_occasions import tell_solved, thread_begun_by
from realtime.services.gradebook import show_cell
from realtime.services.occasions import (
    quiz_of_lesson,
    tell_enrolled,
    tell_grade,
    tell_invited,
)
from realtime.services.work_occasions import (
    assignment_of_lesson,
    tell_received,
    tell_returned,
)


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


@subscribe(PeopleMeant, name="realtime.notify_mentioned")
def notify_mentioned(event: PeopleMeant, _record_id: int) -> None:
    """Tell whom a message of a room mentions, and whom it replies to."""
    tell_mentioned(message_id=event.message_id)


@subscribe(ThreadStarted, name="realtime.notify_thread")
def notify_thread(event: ThreadStarted, _record_id: int) -> None:
    """Tell who follows the board, and whom the first post mentions."""
    if (post_id := thread_begun_by(event.thread_id)) is not None:
        _tell_post(post_id, event.course_id)


@subscribe(PostWritten, name="realtime.notify_post")
def notify_post(event: PostWritten, _record_id: int) -> None:
    """Tell who follows the thread, and whom the post mentions."""
    _tell_post(event.post_id, event.course_id)


@subscribe(QuestionSolved, name="realtime.notify_solved")
def notify_solved(event: QuestionSolved, record_id: int) -> None:
    """Tell who asked, and who answered."""
    if event.post_id is not None:
        tell_solved(post_id=event.post_id, record_id=record_id)


@subscribe(DirectSent, name="realtime.notify_direct")
def notify_direct(event: DirectSent, _record_id: int) -> None:
    """Tell whom somebody wrote to."""
    tell_direct(message_id=event.message_id)


@subscribe(PersonErased, name="realtime.forget_words")
def forget_words(_event: PersonErased, _record_id: int) -> None:
    """V2: an erased person's words and name go from what was made out of their messages."""
    forget_emptied_messages()
    forget_emptied_posts()


@subscribe(PersonErased, name="realtime.recount_reactions")
def recount(event: PersonErased, _record_id: int) -> None:
    """V2: an erased person's emoji count no more; a job, because it looks at every room."""
    enqueue(
        "realtime.recount_reactions",
        actor=system("realtime.recount"),
        params={},
        idempotency_key=f"recount:{event.person_id}",
    )


@subscribe(PasswordChanged, name="realtime.forget_browsers")
def forget_browsers_of(event: PasswordChanged, _record_id: int) -> None:
    """A3: a new password ends what an old one let in, also browsers that are told things."""
    forget_browsers(user_id=event.person_id)


@subscribe(PersonDeactivated, name="realtime.forget_browsers_closed")
def forget_browsers_closed(event: PersonDeactivated, _record_id: int) -> None:
    """A3: a closed account is told nothing."""
    forget_browsers(user_id=event.person_id)


@subscribe(QuizPublished, name="realtime.notify_quiz")
def notify_quiz(event: QuizPublished, record_id: int) -> None:
    """Tell the learners in a job."""
    _tell_quiz(event.quiz_id, event.course_id, record_id)


@subscribe(LessonPublished, name="realtime.notify_quiz_lesson")
def notify_quiz_lesson(event: LessonPublished, record_id: int) -> None:
    """A quiz whose lesson was hidden until now."""
    quiz_id = quiz_of_lesson(event.lesson_id)
    if quiz_id is not None:
        _tell_quiz(quiz_id, event.course_id, record_id)


@subscribe(AssignmentPublished, name="realtime.notify_assignment")
def notify_assignment(event: AssignmentPublished, record_id: int) -> None:
    """Tell the learners in a job."""
    _tell_assignment(event.assignment_id, event.course_id, record_id)


@subscribe(LessonPublished, name="realtime.notify_assignment_lesson")
def notify_assignment_lesson(event: LessonPublished, record_id: int) -> None:
    """An assignment whose lesson was hidden until now."""
    assignment_id = assignment_of_lesson(event.lesson_id)
    if assignment_id is not None:
        _tell_assignment(assignment_id, event.course_id, record_id)


@subscribe(SubmissionReceived, name="realtime.notify_received")
def notify_received(event: SubmissionReceived, _record_id: int) -> None:
    """A receipt for everybody whose work it is."""
    tell_received(submission_id=event.submission_id, number=event.number)


@subscribe(SubmissionReturned, name="realtime.notify_returned")
def notify_returned(event: SubmissionReturned, record_id: int) -> None:
    """Tell everybody whose work came back."""
    tell_returned(submission_id=event.submission_id, record_id=record_id, revise=event.revise)


@subscribe(GradeChanged, name="realtime.notify_grade")
def notify_grade(event: GradeChanged, record_id: int) -> None:
    """Tell a learner of a grade they may see (Z7)."""
    if event.released:
        tell_grade(
            quiz_id=event.quiz_id,
            item_id=event.item_id,
            learner_id=event.learner_id,
            record_id=record_id,
            changed=event.before not in {None, event.after},
        )


@subscribe(BudgetReached, name="realtime.notify_ai_budget")
def notify_ai_budget(event: BudgetReached, record_id: int) -> None:
    """Tell those who can act of an AI budget at 80 or 100 percent."""
    tell_budget(event=event, record_id=record_id)


@subscribe(ExchangeSettled, name="realtime.notify_tutor_reply")
def notify_tutor_reply(event: ExchangeSettled, _record_id: int) -> None:
    """Tell a learner that somebody who teaches answered."""
    tell_reply(exchange_id=event.exchange_id)


@subscribe(GradeChanged, name="realtime.show_grade")
def show_grade(event: GradeChanged, _record_id: int) -> None:
    """Tell the course's staff which cell of the gradebook changed; frames carry ids (R6)."""
    show_cell(grade_id=event.grade_id)


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


def _tell_post(post_id: int, course_id: int | None) -> None:
    enqueue(
        "realtime.tell_post",
        actor=system("realtime.forum"),
        params={"post_id": post_id},
        course_id=course_id,
        idempotency_key=f"post:{post_id}",
    )


def _tell_quiz(quiz_id: int, course_id: int | None, record_id: int) -> None:
    enqueue(
        "realtime.tell_quiz",
        actor=system("realtime.quiz"),
        params={"quiz_id": quiz_id},
        course_id=course_id,
        idempotency_key=f"quiz:{quiz_id}:{record_id}",
    )


def _tell_assignment(assignment_id: int, course_id: int | None, record_id: int) -> None:
    enqueue(
        "realtime.tell_assignment",
        actor=system("realtime.assignment"),
        params={"assignment_id": assignment_id},
        course_id=course_id,
        idempotency_key=f"assignment:{assignment_id}:{record_id}",
    )


def _close(course_id: int | None, user_id: int) -> None:
    if course_id is not None:
        push.close_room_member(room_name(course_id), user_id, CloseCode.NOT_ALLOWED)
