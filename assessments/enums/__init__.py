"""The choices of the app. `values` are stable words of the API and the database."""

from assessments.enums.assignment import (
    AssignmentState,
    LateUnit,
    Resubmission,
    SubmissionState,
)
from assessments.enums.attempt import (
    AttemptState,
    StepKind,
    Verdict,
)
from assessments.enums.bank import (
    BulkVerb,
    Difficulty,
    DigitsRule,
    ExchangeFormat,
    ImportFate,
    QuestionKind,
    QuestionOrigin,
    QuestionState,
    RegionShape,
    ShareLevel,
    ToleranceKind,
    UnitRule,
    question_kinds,
)
from assessments.enums.behaviour import (
    Behaviour,
    Certainty,
)
from assessments.enums.gradebook import (
    Aggregate,
    CurveKind,
    GradeItemKind,
    GradeSource,
    GradeStatus,
    Ungraded,
)
from assessments.enums.marking import (
    AppealState,
    MarkingState,
    MarkRole,
    PeerPhase,
    RubricKind,
)
from assessments.enums.quiz import (
    AiHelp,
    Counting,
    ExamChat,
    Layout,
    Navigation,
    QuizState,
    Solutions,
)
from assessments.enums.review import (
    ReviewItem,
    ReviewMoment,
    ReviewPreset,
)

__all__ = [
    "Aggregate",
    "AiHelp",
    "AppealState",
    "AssignmentState",
    "AttemptState",
    "Behaviour",
    "BulkVerb",
    "Certainty",
    "Counting",
    "CurveKind",
    "Difficulty",
    "DigitsRule",
    "ExamChat",
    "ExchangeFormat",
    "GradeItemKind",
    "GradeSource",
    "GradeStatus",
    "ImportFate",
    "LateUnit",
    "Layout",
    "MarkRole",
    "MarkingState",
    "Navigation",
    "PeerPhase",
    "QuestionKind",
    "QuestionOrigin",
    "QuestionState",
    "QuizState",
    "RegionShape",
    "Resubmission",
    "ReviewItem",
    "ReviewMoment",
    "ReviewPreset",
    "RubricKind",
    "ShareLevel",
    "Solutions",
    "StepKind",
    "SubmissionState",
    "ToleranceKind",
    "Ungraded",
    "UnitRule",
    "Verdict",
    "question_kinds",
]
