"""What happens in assessments, for analytics, notifications and audit. Scores are text."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("assessments.quiz_published")
@dataclass(frozen=True, kw_only=True)
class QuizPublished(Event):
    """A quiz opened to learners."""

    quiz_id: int
    lesson_id: int


@event("assessments.attempt_started")
@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Event):
    """A learner began an attempt."""

    attempt_id: int
    quiz_id: int
    learner_id: int


@event("assessments.attempt_submitted")
@dataclass(frozen=True, kw_only=True)
class AttemptSubmitted(Event):
    """An attempt ended, by its learner or by the clock, and was scored."""

    attempt_id: int
    quiz_id: int
    learner_id: int
    score: str
    max_score: str
    by_clock: bool


@event("assessments.grade_changed")
@dataclass(frozen=True, kw_only=True)
class GradeChanged(Event):
    """A learner's grade got a value or another one; `released` when they may see it."""

    grade_id: int
    attempt_id: int
    quiz_id: int
    learner_id: int
    before: str | None
    after: str
    max_score: str
    released: bool
    by_hand: bool


@event("assessments.results_released")
@dataclass(frozen=True, kw_only=True)
class ResultsReleased(Event):
    """An instructor let learners see the results of a quiz."""

    quiz_id: int
    released_count: int
