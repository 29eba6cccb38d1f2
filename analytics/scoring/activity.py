"""What one event adds to the figures of a person in a course: the whole meaning of an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

# A day has no more seconds than this; a larger figure is a fault of its sender.
MAX_SECONDS = 86_400
SHARE_DIGITS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Effect:
    """Amounts to add for one person.

    `score` is the change of the sum of grades, each a share of full marks, and `scored` the change
    of their number. `active` tells whether the person did this; a grade changed by staff is not
    their activity. `acts` is how often they did something, and `at` when, where that was not at the
    time of the event.
    """

    user_id: int
    seconds: int = 0
    lessons_completed: int = 0
    attempts_started: int = 0
    attempts_submitted: int = 0
    messages: int = 0
    score: Decimal = Decimal(0)
    scored: int = 0
    active: bool = True
    acts: int = 1
    at: datetime | None = None


# Which field of the event names the person it is about.
PERSON_FIELD: dict[str, str] = {
    "courses.lesson_viewed": "learner_id",
    "courses.lesson_completed": "learner_id",
    "assessments.attempt_started": "learner_id",
    "assessments.attempt_submitted": "learner_id",
    "assessments.grade_changed": "learner_id",
    "realtime.message_sent": "sender_id",
    "realtime.thread_started": "author_id",
    "realtime.post_written": "author_id",
    "analytics.statements_received": "learner_id",
}


# What somebody says to the others of a course.
WORDS = frozenset({"realtime.message_sent", "realtime.thread_started", "realtime.post_written"})


def effect_of(kind: str, data: Mapping[str, Any]) -> Effect | None:
    """What an event of a kind adds, None for one that tells of nobody's figures.

    Unreadable figures count as nothing rather than stopping the fold: the log cannot be mended.
    """
    field = PERSON_FIELD.get(kind)
    user_id = data.get(field) if field else None
    if isinstance(user_id, bool) or not isinstance(user_id, int):
        return None
    if kind == "courses.lesson_viewed":
        return Effect(user_id, seconds=_seconds(data.get("seconds")))
    if kind == "assessments.grade_changed":
        return _graded(user_id, data)
    if kind == "analytics.statements_received":
        return _told(user_id, data)
    # An attempt that the clock closed is the end of an attempt, but nobody was there.
    return Effect(
        user_id,
        lessons_completed=int(kind == "courses.lesson_completed"),
        attempts_started=int(kind == "assessments.attempt_started"),
        attempts_submitted=int(kind == "assessments.attempt_submitted"),
        messages=int(kind in WORDS),
        active=data.get("by_clock") is not True,
    )


# Events after which the questions of a quiz are to be counted again.
QUIZ_KINDS = frozenset({"assessments.attempt_submitted", "assessments.grade_changed"})


def quizzes_told(kind: str, data: Mapping[str, Any]) -> set[int]:
    """The quiz whose attempts or scores an event changed, if any."""
    quiz = data.get("quiz_id") if kind in QUIZ_KINDS else None
    return {quiz} if isinstance(quiz, int) and not isinstance(quiz, bool) else set()


def share_of(score: object, full: object) -> Decimal | None:
    """`score` of `full` marks as a share 0..1 to six digits; None where there is no score yet."""
    if score is None or full is None:
        return None
    try:
        marks, most = Decimal(str(score)), Decimal(str(full))
    except InvalidOperation:
        return None
    if not (marks.is_finite() and most.is_finite()) or most <= 0:
        return None
    return min(max(marks / most, Decimal(0)), Decimal(1)).quantize(SHARE_DIGITS)


def _graded(user_id: int, data: Mapping[str, Any]) -> Effect:
    before = share_of(data.get("before"), data.get("max_score"))
    after = share_of(data.get("after"), data.get("max_score"))
    return Effect(
        user_id,
        score=(after or Decimal(0)) - (before or Decimal(0)),
        scored=int(after is not None) - int(before is not None),
        active=False,
    )


def _told(user_id: int, data: Mapping[str, Any]) -> Effect | None:
    """What a client told counts as activity on its day, and adds no time and no completion."""
    acts, latest = data.get("statements"), data.get("latest")
    try:
        at = datetime.fromisoformat(latest) if isinstance(latest, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or isinstance(acts, bool) or not isinstance(acts, int):
        return None
    return Effect(user_id, acts=max(acts, 0), at=at)


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return min(max(value, 0), MAX_SECONDS)
