"""What a running exam takes from its learner: AI help everywhere, talk in its course.

Apps above ask here before they help or let somebody talk, so that no door is forgotten.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from assessments.enums import AiHelp, AttemptState, ExamChat
from assessments.models import Attempt
from courses.enums import EnrolmentState
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied

LONGEST_GRACE = timedelta(seconds=600)
_HELP = [AiHelp.OFF, AiHelp.HINT, AiHelp.FULL]
_TALK = [ExamChat.CLOSED, ExamChat.READ, ExamChat.OPEN]


def ai_help(actor: Actor) -> AiHelp:
    """How much AI may help somebody now, in whatever course: the strictest of their exams says."""
    return AiHelp.FULL if actor.user_id is None else helps_left([actor.user_id])[actor.user_id]


def helps_left(user_ids: Iterable[int]) -> dict[int, AiHelp]:
    """The same for many people; one query for all."""
    people = set(user_ids)
    rows = _running().filter(learner__in=people).values_list("learner_id", "quiz__exam_ai")
    found = set(rows)
    return {
        person: next((level for level in _HELP if (person, level) in found), AiHelp.FULL)
        for person in people
    }


def require_ai(actor: Actor, *, hints: bool = False) -> AiHelp:
    """Pass with the level of help that is left; `hints` tells that a hint would do.

    Raises Denied `exam_mode` while an exam of the actor allows no such help.
    """
    level = ai_help(actor)
    if level == AiHelp.OFF or (level == AiHelp.HINT and not hints):
        raise Denied(_("AI help is off while your exam runs."), code="exam_mode")
    return level


def help_before(course_id: int) -> AiHelp:
    """How much AI may help where a whole course reads: the strictest exam of its readers says.

    Whose exam closes this course's chat to them does not read it, and does not count.
    """
    running = _running()
    shut = running.filter(course=course_id, quiz__exam_chat=ExamChat.CLOSED).values("learner")
    readers = running.filter(
        learner__enrolments__course=course_id,
        learner__enrolments__state=EnrolmentState.ACTIVE,
    ).exclude(learner__in=shut)
    found = set(readers.values_list("quiz__exam_ai", flat=True))
    return next((level for level in _HELP if level in found), AiHelp.FULL)


def chat_in(user_id: int | None, course_id: int | None) -> ExamChat:
    """What somebody may do in the chat of a course, or of any (None), as far as exams go."""
    if user_id is None:
        return ExamChat.OPEN
    rows = _running().filter(learner=user_id)
    if course_id is not None:
        rows = rows.filter(course=course_id)
    found = set(rows.values_list("quiz__exam_chat", flat=True))
    return next((level for level in _TALK if level in found), ExamChat.OPEN)


def require_chat(actor: Actor, course_id: int | None, *, write: bool) -> None:
    """Raise Denied `exam_mode` while an exam closes the chat, or only its writing, to the actor.

    Without a course any exam of theirs does: people of one course meet in others.
    """
    level = chat_in(actor.user_id, course_id)
    if level == ExamChat.CLOSED or (write and level == ExamChat.READ):
        raise Denied(_("The chat is closed to you while your exam runs."), code="exam_mode")


def exam_of(actor: Actor) -> Attempt | None:
    """The exam that somebody is in, the one begun last; None without."""
    if actor.user_id is None:
        return None
    rows = _running().filter(learner=actor.user_id).select_related("course", "quiz__lesson")
    return rows.order_by("-started_at", "-id").first()


def closed_courses(user_id: int | None) -> QuerySet[Attempt, int]:
    """Keys of the courses whose chat an exam closes to somebody."""
    rows = _running().filter(quiz__exam_chat=ExamChat.CLOSED)
    mine = rows.none() if user_id is None else rows.filter(learner=user_id)
    return mine.values_list("course", flat=True)


def shut_out(user_ids: Iterable[int], course_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Which (person, course) pairs have their chat closed by an exam; one query for all."""
    rows = _running().filter(
        quiz__exam_chat=ExamChat.CLOSED, learner__in=user_ids, course__in=course_ids
    )
    return set(rows.values_list("learner_id", "course_id"))


def kept_quiet(now: datetime) -> QuerySet[Attempt]:
    """Attempts whose exam closes their course's chat to the learner, or its writing."""
    return _running(now).exclude(quiz__exam_chat=ExamChat.OPEN)


def _running(now: datetime | None = None) -> QuerySet[Attempt]:
    """Open attempts at quizzes in exam mode whose time is not up, with breaks and grace."""
    now = clock.now() if now is None else now
    timely = Q(deadline=None) | Q(deadline__gte=now) | Q(paused_at__isnull=False)
    timely |= Q(grace_seconds__gt=0, deadline__gte=now - LONGEST_GRACE)
    return Attempt.objects.filter(timely, state=AttemptState.OPEN, quiz__exam_mode=True)
