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
    """An attempt ended, by its learner or by the clock; `score` is empty while answers wait."""

    attempt_id: int
    quiz_id: int
    learner_id: int
    score: str
    max_score: str
    by_clock: bool


@event("assessments.attempt_rescored")
@dataclass(frozen=True, kw_only=True)
class AttemptRescored(Event):
    """A scored attempt's answers are worth something else now: by hand, or by another key.

    Also told when an attempt that waited for a person, or for code to run, has its score.
    """

    attempt_id: int
    quiz_id: int
    learner_id: int


@event("assessments.grade_changed")
@dataclass(frozen=True, kw_only=True)
class GradeChanged(Event):
    """A learner's grade got a value, status or posting; `released` when they may see it.

    `attempt_id` and `quiz_id` are null when it does not come from a quiz, `after` when there is no
    score (excused, missing, in progress). Records from before there were items have no `item_id`.
    """

    grade_id: int
    attempt_id: int | None
    quiz_id: int | None
    learner_id: int
    before: str | None
    after: str | None
    max_score: str
    released: bool
    by_hand: bool
    item_id: int | None = None
    status: str = "graded"


@event("assessments.results_released")
@dataclass(frozen=True, kw_only=True)
class ResultsReleased(Event):
    """An instructor let learners see the results of a quiz."""

    quiz_id: int
    released_count: int


@event("assessments.assignment_published")
@dataclass(frozen=True, kw_only=True)
class AssignmentPublished(Event):
    """An assignment opened to learners."""

    assignment_id: int
    lesson_id: int


@event("assessments.submission_received")
@dataclass(frozen=True, kw_only=True)
class SubmissionReceived(Event):
    """A version was handed in by `learner_id`, for themselves or for their group."""

    submission_id: int
    assignment_id: int
    learner_id: int
    number: int
    late: bool


@event("assessments.submission_returned")
@dataclass(frozen=True, kw_only=True)
class SubmissionReturned(Event):
    """Staff gave a submission back: with its grade, or (`revise`) to be revised."""

    submission_id: int
    assignment_id: int
    revise: bool


@event("assessments.grades_posted")
@dataclass(frozen=True, kw_only=True)
class GradesPosted(Event):
    """Grades of a column were posted, or hidden again; of one group or of all."""

    item_id: int
    group_id: int | None
    posted: bool
    count: int


@event("assessments.bank_shared")
@dataclass(frozen=True, kw_only=True)
class BankShared(Event):
    """A question bank was lent, or what may be done with it was changed."""

    bank_id: int
    share_id: int


@event("assessments.bank_share_ended")
@dataclass(frozen=True, kw_only=True)
class BankShareEnded(Event):
    """A question bank is no longer lent."""

    bank_id: int
    share_id: int
